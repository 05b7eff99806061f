import re
from pathlib import Path

from services.reminders.privacy.domain.retention import DEFAULT_DAYS

GUIDE = Path(__file__).parents[2] / "docs" / "operations" / "privacy.md"


def test_the_guide_says_how_long_each_kind_is_kept() -> None:
    rows = re.findall(r"^\| (\w+) \| (\d+) \|", GUIDE.read_text("utf-8"), re.MULTILINE)

    assert {kind: int(days) for kind, days in rows} == {
        str(kind): days for kind, days in DEFAULT_DAYS.items()
    }
