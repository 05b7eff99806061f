import re
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
HOMES = ("/settings.py", "/setting_values.py", "wiring.py", "/sandbox/", "/launcher/")


def outside(word: str, homes: tuple[str, ...]) -> list[str]:
    """Modules that say a word although it has no business there."""
    return [
        str(path.relative_to(SERVICES))
        for path in sorted(SERVICES.rglob("*.py"))
        if re.search(word, path.read_text("utf-8"), re.IGNORECASE)
        and not any(home in str(path) for home in homes)
    ]


@pytest.mark.parametrize("provider", ["twilio", "kannel"])
def test_a_providers_name_stays_in_its_folder_settings_and_wiring(provider: str) -> None:
    assert outside(provider, (f"/{provider}", *HOMES)) == []


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        (r"\bcanceled", "cancelled"),
        (r"enrolment", "enrollment"),
        (r"\bcampaign", "plan"),
        (r"\brecipient_", "patient, or contact point"),
        (r"is_delivered\b.*accept", "accepted is not delivered"),
        (r"\bunsubscribed\b", "opted out"),
    ],
)
def test_the_glossarys_word_is_used(word: str, instead: str) -> None:
    assert outside(word, ("/twilio", "/catalog/")) == [], f"say {instead}"


def test_nobody_pickles() -> None:
    assert outside(r"\bimport pickle|\bfrom pickle", ()) == []
