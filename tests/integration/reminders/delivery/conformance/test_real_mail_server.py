"""A mail server that others wrote: TLS both ways, logins, and who is refused."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from services.contracts.words import SuppressionReason
from services.reminders.channels.email.smtp.client import Smtp
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
)
from tests.support.processes.certificates import write_certificate


class Mailboxes:
    """For whom mail arrived; nothing does without TLS."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.connections = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        if address.startswith("full@"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.arrived += envelope.rcpt_tos
        return "250 2.0.0 Ok: queued as Q7"


class Server:
    """Wants a login, by STARTTLS or by TLS from the first byte."""

    def __init__(self, folder: Path) -> None:
        self.mailboxes = Mailboxes()
        self._certificate = write_certificate(folder / "certificate.pem")
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(self._certificate)
        self.trusted = ssl.create_default_context(cafile=str(self._certificate))
        self.port = 0

    @asynccontextmanager
    async def running(self, *, is_implicit: bool = False) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: self._protocol(is_implicit=is_implicit),
            "127.0.0.1",
            0,
            ssl=self._tls if is_implicit else None,
        )
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    def _protocol(self, *, is_implicit: bool) -> SMTP:
        self.mailboxes.connections += 1
        with warnings.catch_warnings():  # it does not count TLS from the first byte
            warnings.simplefilter("ignore", UserWarning)
            return SMTP(
                self.mailboxes,
                hostname="localhost",
                tls_context=None if is_implicit else self._tls,
                require_starttls=not is_implicit,
                auth_required=True,
                auth_require_tls=not is_implicit,
                authenticator=_is_clinic,
            )


def _is_clinic(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    is_right = data == LoginPassword(b"clinic", b"s3cret/@")
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def send(
    server: Server,
    *recipients: str,
    scheme: str = "smtp",
    password: str = "s3cret%2F%40",
    host: str = "localhost",
    tls: ssl.SSLContext | None = None,
) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with server.running(is_implicit=scheme == "smtps"):
            url = f"{scheme}://clinic:{password}@{host}:{server.port}"
            client = Smtp(url, tls=tls or server.trusted)
            try:
                return [await client.send(_mail(address), lambda: None) for address in recipients]
            finally:
                await client.close()

    return asyncio.run(run())


def _mail(to: str) -> OutgoingMessage:
    return OutgoingMessage(
        attempt_id=7,
        clinic_id=1,
        to=to,
        sender="Rowan Clinic <care@clinic.example>",
        subject="From Rowan Clinic",
        text="Keep it clean.",
        message_id="<attempt-1-7@clinic.example>",
        deadline_seconds=10,
    )


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_goes_in_under_tls(server: Server, scheme: str) -> None:
    outcomes = send(server, "pat@example.org", "sam@example.org", scheme=scheme)

    assert outcomes == [Accepted("Q7")] * 2
    assert server.mailboxes.arrived == ["pat@example.org", "sam@example.org"]
    assert server.mailboxes.connections == 1


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_nobody_trusts_is_not_spoken_to(server: Server, scheme: str) -> None:
    [outcome] = send(server, "pat@example.org", scheme=scheme, tls=ssl.create_default_context())

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is Failure.NOT_REACHED
    assert server.mailboxes.arrived == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_for_another_host_is_not_spoken_to(server: Server, scheme: str) -> None:
    [outcome] = send(server, "pat@example.org", scheme=scheme, host="127.0.0.1")

    assert isinstance(outcome, RejectedForNow)
    assert server.mailboxes.arrived == []


def test_a_wrong_password_waits_for_an_operator(server: Server) -> None:
    [outcome] = send(server, "pat@example.org", password="wrong")

    assert isinstance(outcome, RejectedForNow)
    assert outcome.failure is Failure.NOT_ALLOWED


def test_each_patient_is_refused_alone(server: Server) -> None:
    outcomes = send(server, "gone@example.org", "full@example.org", "pat@example.org")

    assert outcomes == [
        RejectedForGood("SMTP_550_5.1.1", SuppressionReason.BOUNCE),
        RejectedForNow("SMTP_452_4.2.2"),
        Accepted("Q7"),
    ]


def test_a_server_elsewhere_must_offer_tls() -> None:
    """`localhost.` is this machine by another name than those that are trusted."""

    async def run() -> tuple[Outcome, list[bytes]]:
        lines: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 ready\r\n")
            while line := await reader.readline():
                lines.append(line)
                writer.write(b"250 OK\r\n")
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as plain:
            port = plain.sockets[0].getsockname()[1]
            client = Smtp(f"smtp://localhost.:{port}")
            outcome = await client.send(_mail("pat@example.org"), lambda: None)
            await client.close()
        return outcome, lines

    outcome, lines = asyncio.run(run())

    assert isinstance(outcome, RejectedForNow)
    assert not any(line.startswith((b"MAIL", b"AUTH")) for line in lines)
