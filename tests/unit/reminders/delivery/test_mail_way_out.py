"""The headers by which a mail program offers to end mail (RFC 8058)."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from services.reminders.channels.email.addressing import addressed
from services.reminders.channels.email.dkim import SIGNED
from services.reminders.channels.email.mail import compose
from services.reminders.delivery.domain.outgoing import OutgoingMessage
from services.reminders.rendering.links import SignedLinks

LINKS = SignedLinks("https://a-clinic-with-a-long-name.example.com/", "a secret of tests")
LONG = "https://a-clinic-with-a-long-name.example.com/unsubscribe/" + "A" * 120


def mail(url: str | None) -> bytes:
    message = OutgoingMessage(
        attempt_id=77,
        clinic_id=3,
        to="pat@example.org",
        sender="Rowan Clinic <care@clinic.example>",
        subject="From Rowan Clinic",
        text="Keep your skin clean today.",
        message_id=LINKS.message_id(3, 77, "clinic.example"),
        unsubscribe_url=url,
        deadline_seconds=1,
    )
    return compose(message, addressed(message))


def headers(raw: bytes) -> EmailMessage:
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_mail_offers_one_click() -> None:
    read = headers(mail(LONG))

    assert read["List-Unsubscribe"] == f"<{LONG}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_address_stands_on_one_line_as_it_is() -> None:
    assert f"List-Unsubscribe: <{LONG}>\r\n".encode() in mail(LONG)


def test_a_mail_that_cannot_be_ended_offers_nothing() -> None:
    assert headers(mail(None))["List-Unsubscribe"] is None


@pytest.mark.parametrize("url", ["https://x/\r\nBcc: y@z", "https://x/é", "https://x/ y"])
def test_no_address_can_bring_a_header_along(url: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        mail(url)


def test_a_signature_covers_both_headers() -> None:
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(SIGNED)


def test_the_message_id_survives_as_it_was_made() -> None:
    made = LINKS.message_id(3, 77, "clinic.example")

    assert headers(mail(None))["Message-ID"] == made
    assert "attempt" not in made
