"""An address ends by a verdict on itself, never by one on another address in the mail."""

import pytest

from services.bounces.reader import read_mail
from services.bounces.readings import MailKind, MailReading

HARD = MailKind.HARD_BOUNCE
SOFT = MailKind.SOFT_BOUNCE

REPORT = """\
From: MAILER-DAEMON@mx.example.net
To: bounces@clinic.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

{blocks}

--b
Content-Type: text/rfc822-headers

From: care@clinic.example
To: {written_to}
Message-ID: <1@clinic.example>
--b--
"""


def block(final: str, status: str = "5.1.1", original: str = "", action: str = "failed") -> str:
    first = f"Original-Recipient: rfc822;{original}\n" if original else ""
    return f"{first}Final-Recipient: rfc822;{final}\nAction: {action}\nStatus: {status}\n"


def read(
    *blocks: str, written_to: str = "pat@example.org", certain: str | None = None
) -> MailReading[str]:
    raw = REPORT.format(blocks="\n".join(blocks), written_to=written_to)
    return read_mail(raw.encode(), lambda _text: None, certain)


def test_the_block_of_our_address_counts_among_several() -> None:
    others = (block("a@example.org"), block("b@example.org"))

    assert read(others[0], block("pat@example.org", "5.2.2"), others[1]).kind is SOFT
    assert read(others[0], block("PAT@Example.Org"), block("c@example.org", "4.4.1")).kind is HARD


def test_the_mildest_counts_where_none_is_known_to_be_ours() -> None:
    blocks = (block("a@example.org"), block("b@example.org", "4.4.1"))

    assert read(*blocks, written_to="undisclosed-recipients:;").kind is SOFT


@pytest.mark.parametrize("certain", [None, "pat@example.org"])
def test_a_forward_that_fails_ends_not_our_address(certain: str | None) -> None:
    forwarded = block("someone@elsewhere.example", original="pat@example.org")

    assert read(forwarded, certain=certain).kind is SOFT


@pytest.mark.parametrize("final", ["someone@elsewhere.example", "office@example.org"])
def test_a_report_about_none_of_ours_ends_nothing(final: str) -> None:
    assert read(block(final)).kind is SOFT
    assert read(block(final, original=final)).kind is SOFT
    assert read(block(final), written_to="hidden:;", certain="pat@example.org").kind is SOFT


def test_a_host_may_rename_itself() -> None:
    assert read(block("pat@mailbox3.example.org")).kind is HARD


def test_a_later_failure_outweighs_a_delay() -> None:
    blocks = (block("pat@example.org", "4.4.1", action="delayed"), block("pat@example.org"))

    assert read(*blocks).kind is HARD


def test_in_text_the_reason_beside_our_address_counts() -> None:
    text = (
        "From: Mailer-Daemon@mx.example.net\nTo: b@clinic.example\nSubject: Mail delivery failed\n"
        "\nThe following addresses failed:\n\n  old@example.org\n    550 no such user here\n"
        "  pat@example.org\n    mailbox is full\n\n------ This is a copy of the message ------\n\n"
        "From: care@clinic.example\nTo: pat@example.org\n\nHello\n"
    )
    reading: MailReading[str] = read_mail(text.encode(), lambda _text: None)

    assert (reading.kind, reading.address) == (SOFT, "pat@example.org")


def test_a_text_about_another_address_ends_nothing() -> None:
    text = (
        "From: Mailer-Daemon@mx.example.net\nSubject: Mail delivery failed\n\n"
        "<someone@elsewhere.example>: no such user here\n\n"
        "--- Below this line is a copy of the message.\n\n"
        "From: care@clinic.example\nTo: pat@example.org\n\nHello\n"
    )

    assert read_mail(text.encode(), lambda _text: None).kind is SOFT


@pytest.mark.parametrize(
    ("final", "original"),
    [
        ("pat+skin@example.org", "pat+2Bskin@example.org"),
        ("pat+2Bskin@example.org", "pat+2Bskin@example.org"),
        ("pat@example.org", "pat+skin@example.org"),
        ("pat@example.org", ""),
    ],
)
def test_a_tag_that_a_server_leaves_out_or_encodes_makes_no_other_address(
    final: str, original: str
) -> None:
    ours = "pat+skin@example.org"

    assert read(block(final, original=original), written_to=ours).kind is HARD
    assert read(block("kim@example.org", original=original), written_to=ours).kind is SOFT
