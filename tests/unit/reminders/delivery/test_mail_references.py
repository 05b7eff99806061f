"""The id that a mail server names in its answer, as servers and services write it."""

import pytest

from services.reminders.channels.email.smtp.references import reference_in, tracking_header

SES = "0100018f2a3b4c5d-8e9f0a1b-2c3d-4e5f-6071-8293a4b5c6d7-000000"


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        (f"Ok {SES}", SES),
        ("2.0.0 Ok: queued as 4XyZ1b2c3d", "4XyZ1b2c3d"),
        ("Ok: queued as kGE-Xw8aRYy0abcdEF1", "kGE-Xw8aRYy0abcdEF1"),
        ("OK id=1tQ2x3-0004Ab-CD", "1tQ2x3-0004Ab-CD"),
        ("2.0.0 OK  1790000000 a12si123.45 - gsmtp", "a12si123.45"),
        ("2.6.0 <77.1@mail.example> Queued mail for delivery", "77.1@mail.example"),
        ("2.0.0 w2A5B6 Message accepted for delivery", "w2A5B6"),
        ("250 2.0.0 Ok <0b5f-22@x.example>", "0b5f-22@x.example"),
        ("Great success", None),
        ("2.0.0 OK", None),
        ("2.0.0 Message accepted for delivery", None),
        ("", None),
    ],
)
def test_finds_the_id_and_never_takes_a_plain_word_for_one(
    answer: str, reference: str | None
) -> None:
    assert reference_in(answer) == reference


@pytest.mark.parametrize(
    ("host", "header"),
    [
        ("smtp.postmarkapp.com", b"X-PM-Metadata-message: WzFd.a-b_c\r\n"),
        ("SMTP-broadcasts.PostmarkApp.com", b"X-PM-Metadata-message: WzFd.a-b_c\r\n"),
        ("smtp.clinic.example", b""),
    ],
)
def test_only_postmark_gets_the_header_that_its_events_return(host: str, header: bytes) -> None:
    assert tracking_header(host, "<WzFd.a-b_c@clinic.example>") == header
