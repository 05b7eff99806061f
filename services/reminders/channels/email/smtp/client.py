"""Mail over SMTP submission. The server offers no lookup: an unanswered message stays unknown."""

import asyncio
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from services.reminders.channels.channel import Departure, Leaving
from services.reminders.channels.email.smtp import outcomes
from services.reminders.domain.outgoing import (
    Accepted,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)

_IDLE_CONNECTIONS = 4
_IDLE_SECONDS = 20.0  # servers hang up after a while; do not meet them at it
_PORTS = {"smtp": 587, "smtps": 465}


class Smtp:
    """One submission server. `url` is `smtp://` (STARTTLS where offered) or `smtps://`.

    Raises ValueError for another scheme. With a password in the URL, `smtp://` insists on
    STARTTLS. Must be used on one event loop.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("write it as smtp[s]://user:password@host:port")
        self._host = parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._is_implicit_tls = parts.scheme == "smtps"
        self._idle: list[tuple[float, aiosmtplib.SMTP]] = []

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        departure = Departure(leaving)
        try:
            content = compose(message)
        except ValueError:
            return RejectedForGood("HEADER_REFUSED")
        try:
            async with asyncio.timeout(message.deadline_seconds):
                return await self._deliver(message, content, departure)
        except aiosmtplib.SMTPResponseException as fault:
            return outcomes.refusal(fault.code, fault.message)
        except (TimeoutError, aiosmtplib.SMTPException, OSError, ValueError) as fault:
            name = "TIMEOUT" if isinstance(fault, TimeoutError) else type(fault).__name__
            return Unknown(name) if departure.has_left else RejectedForNow(name)

    async def _deliver(
        self, message: OutgoingMessage, content: bytes, departure: Departure
    ) -> Outcome:
        connection = await self._open_transaction(parseaddr(message.sender)[1])
        try:
            await connection.rcpt(message.to)
            departure.mark()
            answer = await connection.data(content)
        except BaseException:  # refused, late or lost: the session is in no state to go on
            connection.close()
            raise
        self._keep(connection)
        return Accepted(_reference(answer.message))

    async def _open_transaction(self, sender: str) -> aiosmtplib.SMTP:
        """MAIL FROM on an idle connection that still answers, else on a new one."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            idle_since, connection = self._idle.pop()
            if now - idle_since < _IDLE_SECONDS and await _is_willing(connection, sender):
                return connection
            connection.close()
        connection = await self._connect()
        try:
            await connection.mail(sender)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _connect(self) -> aiosmtplib.SMTP:
        connection = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._is_implicit_tls,
            start_tls=self._must_start_tls(),
            timeout=None,  # the message's deadline rules
            local_hostname="localhost" if self._host in ("127.0.0.1", "localhost") else None,
        )
        try:
            await connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def _must_start_tls(self) -> bool | None:
        """None: where the server offers it. A password never goes out in the clear."""
        if self._is_implicit_tls:
            return False
        return True if self._password else None

    def _keep(self, connection: aiosmtplib.SMTP) -> None:
        if connection.is_connected and len(self._idle) < _IDLE_CONNECTIONS:
            self._idle.append((asyncio.get_running_loop().time(), connection))
        else:
            connection.close()

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_take_leave(connection) for _, connection in idle))


async def _take_leave(connection: aiosmtplib.SMTP) -> None:
    try:
        await connection.quit(timeout=1)
    except (aiosmtplib.SMTPException, OSError):
        connection.close()


async def _is_willing(connection: aiosmtplib.SMTP, sender: str) -> bool:
    """An idle connection may have been hung up on, or be told 421 for its idleness."""
    try:
        await connection.mail(sender)
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


def compose(message: OutgoingMessage) -> bytes:
    """Build the mail; raises ValueError when a header would hold a line break."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = message.sender
    mail["To"] = message.to
    mail["Subject"] = message.subject or ""
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text, cte="quoted-printable")
    if message.html:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    return mail.as_bytes()


def _reference(answer: str) -> str | None:
    """The server's own words hold its queue id, where it says one at all."""
    words = answer.replace("<", " ").replace(">", " ").split()
    return words[-1][:200] if words else None
