import re
from pathlib import Path

from services.reminders.privacy.domain.retention import DEFAULT_DAYS

GUIDE = Path(__file__).parents[4] / "docs" / "operations" / "privacy.md"


def test_the_guide_says_how_long_each_kind_is_kept() -> None:
    said = re.findall(r"^\| (\w+) \| (\d+) \|", GUIDE.read_text("utf-8"), re.MULTILINE)

    assert {kind: int(days) for kind, days in said} == {
        str(kind): days for kind, days in DEFAULT_DAYS.items()
    }
