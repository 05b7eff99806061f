import re
from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
OF_OPERATORS = ("settings.py", "setting_values.py", "/sandbox/", "/launcher/")
WIRING = (
    "gateway/wiring.py",
    "reminders/wiring.py",
    "reminders/provider_wiring.py",
)
MAIL_REPORTS = "gateway/http/webhooks/mail_reports.py"
"""Reads the reports of mail servers, which come by mail and not from a provider's own webhook."""


def outside(word: str, homes: tuple[str, ...]) -> list[str]:
    """List the modules that hold a word and are not among its homes."""
    return [
        str(path.relative_to(SERVICES))
        for path in sorted(SERVICES.rglob("*.py"))
        if re.search(word, path.read_text("utf-8"), re.IGNORECASE)
        and not any(home in f"/{path.relative_to(SERVICES)}" for home in homes)
    ]


MAIL_SERVICES = ("/sendgrid/outcomes.py", "/mailgun/outcomes.py")
"""They read the services' own words."""

MAIL_LISTENER = "/gateway/mail"
"""It speaks the protocol; no provider is called there."""

ALSO_NAMED = {
    "twilio": ("/sendgrid/",),  # Twilio owns SendGrid, whose headers have its name
    "sendgrid": ("gateway/serve.py", "gateway/http/bodies.py"),  # its setting and its batches
    "postmark": ("/smtp/references.py",),  # the header that it returns
}


@pytest.mark.parametrize("provider", ["twilio", "kannel", "sendgrid", "mailgun", "postmark"])
def test_a_providers_name_stays_in_its_folder_settings_and_wiring(provider: str) -> None:
    homes = (f"/{provider}", *OF_OPERATORS, *WIRING, *ALSO_NAMED.get(provider, ()))

    assert outside(provider, homes) == []


def test_smtp_is_named_as_a_provider_at_home_only() -> None:
    """SMTP is a protocol too; the provider is a literal, a module or the start of a name."""
    named = r"[\"']smtp[\"']|\.smtp\b|\bsmtp_"

    assert outside(named, ("/smtp", MAIL_LISTENER, MAIL_REPORTS, *OF_OPERATORS, *WIRING)) == []


@pytest.mark.parametrize("module", WIRING)
def test_each_module_of_wiring_is_there(module: str) -> None:
    assert (SERVICES / module).is_file()


@pytest.mark.parametrize(
    ("word", "instead"),
    [
        (r"\bcampaign", "plan"),
        (r"\brecipient_", "patient, or contact point"),
        (r"is_delivered\b.*accept", "accepted is not delivered"),
        (r"\bunsubscribed\b", "opted out"),
    ],
)
def test_texts_use_the_glossarys_word(word: str, instead: str) -> None:
    assert outside(word, (*MAIL_SERVICES, "/twilio", "/catalog/")) == [], f"say {instead}"


def test_nobody_pickles() -> None:
    assert outside(r"\bimport pickle|\bfrom pickle", ()) == []
