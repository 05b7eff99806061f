"""Accepts mail over SMTP, without encryption or password, and reads it as a mail program would."""

import asyncio
import logging
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import NoReturn
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.chassis.logs import get_logger
from services.chassis.settings import Bind
from services.sandbox.faults import Mishaps
from services.sandbox.mailbox import Channel, Mailbox, Message, now

log = get_logger(__name__)

LARGEST_MAIL = 1_000_000  # bytes
MOST_RECIPIENTS = 100

SPECIAL_MAILBOXES = {
    "nobody": "550 5.1.1 No such mailbox here",
    "full": "452 4.2.2 The mailbox is full",
    "later": "451 4.7.1 Not now, try again later",
    "blocked": "554 5.7.1 Refused by policy",
}
"""Fixed answers to recipients with these local parts, at any domain."""

_ADDRESS = re.compile(r"<(https?://[^<>\s]+)>")


class MailHandler:
    """The hooks that aiosmtpd calls by name."""

    def __init__(self, mailbox: Mailbox, mishaps: Mishaps) -> None:
        self._mailbox = mailbox
        self._mishaps = mishaps

    async def handle_MAIL(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := self._mishaps.refusal():
            await asyncio.sleep(self._mishaps.delay)
            if refusal.status == 429:  # noqa: PLR2004 - Too Many Requests
                return "451 4.7.1 Too many messages, try again later"
            await server.push("421 4.3.2 The service is not available, closing")
            await _hang_up(server)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := SPECIAL_MAILBOXES.get(address.rpartition("@")[0].lower()):
            return answer
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        messages = read_mail(
            envelope.original_content or b"",
            sender=envelope.mail_from or "",
            recipients=envelope.rcpt_tos,
        )
        for message in messages:
            self._mailbox.add(message)
        is_answered = not self._mishaps.loses_reply()
        await asyncio.sleep(self._mishaps.delay)
        if not is_answered:
            await _hang_up(server)
        return f"250 2.0.0 Taken as {messages[0].id}"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail failed", exc_info=error)
        return "451 4.3.0 Something went wrong here, try again later"


class MailServer:
    """Listens on one address of the running loop."""

    def __init__(self, handler: MailHandler) -> None:
        self._handler = handler
        self._connections: set[SMTP] = set()
        self._server: asyncio.Server | None = None

    async def start(self, bind: Bind) -> int:
        """Listen and return the port. Raises OSError if it cannot listen."""
        logging.getLogger("mail.log").disabled = True  # it would log senders and recipients
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._converse, bind.host, bind.port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if not self._server:
            return
        self._server.close()
        for connection in list(self._connections):
            if connection.transport:
                connection.transport.close()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # lets closed connections end their tasks

    def _converse(self) -> SMTP:
        return _Connection(self._handler, self._connections)


class _Connection(SMTP):
    """One client's connection, which is in `connections` while it is open."""

    def __init__(self, handler: MailHandler, connections: set[SMTP]) -> None:
        super().__init__(
            handler,
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="sandbox.localhost",
            ident="Afterglow sandbox",
            loop=asyncio.get_running_loop(),
        )
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        super().connection_lost(error)


async def _hang_up(server: SMTP) -> NoReturn:
    """Close the connection after pending output, and end its task."""
    if server.transport:
        server.transport.close()
    await asyncio.Event().wait()  # until the lost connection cancels this task
    raise AssertionError("never set")


def read_mail(content: bytes, *, sender: str, recipients: list[str]) -> list[Message]:
    """Return one message for each recipient. A broken mail is read as far as possible."""
    mail = message_from_bytes(content, policy=default)
    text, html = _body(mail, "plain", content), _body(mail, "html", content)
    received_at = now()
    return [
        Message(
            id=f"EM{uuid4().hex}",
            channel=Channel.EMAIL,
            to=_clean(recipient),
            sender=_header(mail, "From") or _clean(sender),
            subject=_header(mail, "Subject") or "",
            text=text or "",
            html=html,
            message_id=_header(mail, "Message-ID"),
            unsubscribe=_one_click(mail),
            received_at=received_at,
            status="delivered",
        )
        for recipient in recipients
    ]


def _one_click(mail: EmailMessage) -> str | None:
    """Return the address for one-click unsubscribing, if the mail offers it (RFC 8058)."""
    if _header(mail, "List-Unsubscribe-Post") != "List-Unsubscribe=One-Click":
        return None
    match = _ADDRESS.search(_header(mail, "List-Unsubscribe") or "")
    return match[1] if match else None


def _header(mail: EmailMessage, name: str) -> str | None:
    try:
        value = mail[name]
    except (LookupError, ValueError, AttributeError, TypeError):  # too malformed for the parser
        return None
    return None if value is None else _clean(str(value)).strip()


def _body(mail: EmailMessage, kind: str, content: bytes) -> str | None:
    part = mail.get_body((kind,))
    if part is None:
        return None
    try:
        text = part.get_content()
    except (LookupError, ValueError):  # unknown charset or encoding: show it as it is
        text = content.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    return _clean(str(text)).replace("\r\n", "\n")


def _clean(text: str) -> str:
    """Replace bytes that are not UTF-8 with question marks, so that JSON can hold the text."""
    return text.encode("utf-8", "replace").decode()
