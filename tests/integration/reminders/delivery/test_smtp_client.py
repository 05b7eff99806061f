"""Mail over real sockets: what is definite, and what nobody can know."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from services.contracts.words import SuppressionReason
from services.reminders.channels.email.smtp.client import Smtp
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
)
from tests.support.processes.smtp_server import SmtpServer


def message(**more: Any) -> OutgoingMessage:
    values: dict[str, Any] = {
        "attempt_id": 7,
        "clinic_id": 1,
        "to": "pat@example.org",
        "sender": "Rowan Clinic <care@clinic.example>",
        "subject": "From Rowan Clinic",
        "text": "Keep it clean.\n.dot\n",
        "html": "<p>Keep it clean.</p>",
        "message_id": "<attempt-1-7@clinic.example>",
        "deadline_seconds": 5,
    }
    return OutgoingMessage(**values | more)


def send(
    server: SmtpServer,
    *messages: OutgoingMessage,
    leaving: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with server.running():
            client = Smtp(f"smtp://127.0.0.1:{server.port}")
            try:
                return [
                    await client.send(outgoing, leaving) for outgoing in messages or [message()]
                ]
            finally:
                await client.close()

    return asyncio.run(run())


def test_hands_over_a_mail_and_learns_the_queue_id() -> None:
    assert send(SmtpServer()) == [Accepted("Q123")]


@pytest.mark.parametrize(
    ("return_path", "envelope_sender"),
    [
        ("b+token@bounces.clinic.example", "b+token@bounces.clinic.example"),
        (None, "care@clinic.example"),
    ],
)
def test_bounces_go_to_the_return_path_or_to_the_sender(
    return_path: str | None, envelope_sender: str
) -> None:
    server = SmtpServer()

    send(server, message(return_path=return_path))

    assert server.return_paths == [envelope_sender]
    assert server.mails[0]["From"] == "Rowan Clinic <care@clinic.example>"


def test_the_mail_is_what_was_written() -> None:
    server = SmtpServer()

    send(server)

    [mail] = server.mails
    text, html = mail.iter_parts()
    assert mail["Message-ID"] == "<attempt-1-7@clinic.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["To"], mail["Subject"]) == ("pat@example.org", "From Rowan Clinic")
    assert text.get_content().replace("\r\n", "\n") == "Keep it clean.\n.dot\n"
    assert html.get_content_type() == "text/html"


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT"])
def test_a_connection_lost_before_the_content_is_definite(command: str) -> None:
    [outcome] = send(SmtpServer(**{command: None, "HELO": None}))

    assert isinstance(outcome, RejectedForNow)


def test_a_refused_patient_is_refused_for_good() -> None:
    [outcome] = send(SmtpServer(RCPT="550 5.1.1 no such user"))

    assert outcome == RejectedForGood("SMTP_550_5.1.1", SuppressionReason.BOUNCE)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END"])
def test_a_4xx_anywhere_is_for_now(command: str) -> None:
    assert send(SmtpServer(**{command: "451 later"})) == [RejectedForNow("SMTP_451")]


@pytest.mark.parametrize("subject", ["A\r\nBcc: x@y.example", "A\nB", "A\rB"])
def test_a_header_with_a_line_break_is_refused(subject: str) -> None:
    server = SmtpServer()

    assert send(server, message(subject=subject)) == [RejectedForGood("HEADER_REFUSED")]
    assert server.connections == 0


def test_a_password_is_never_sent_in_the_clear() -> None:
    server = SmtpServer()

    async def run() -> Outcome:
        async with server.running():
            client = Smtp(f"smtp://user:secret@127.0.0.1:{server.port}")
            return await client.send(message(), lambda: None)

    assert isinstance(asyncio.run(run()), RejectedForNow)
    assert server.mails == []


@pytest.mark.parametrize("url", ["http://host", "smtp://", "host:25"])
def test_another_scheme_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValueError, match=r"smtp\[s\]://user:password@host:port"):
        Smtp(url)
