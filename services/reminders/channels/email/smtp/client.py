"""Mail over SMTP submission. The server offers no lookup: an unanswered message stays unknown."""

import asyncio
import ssl
from email.utils import parseaddr

import aiosmtplib

from services.reminders.channels.channel import Departure, Leaving
from services.reminders.channels.email.dkim import Signers
from services.reminders.channels.email.mail import compose
from services.reminders.channels.email.smtp import outcomes
from services.reminders.channels.email.smtp.connections import Connections, server_of
from services.reminders.channels.email.smtp.outcomes import Stage
from services.reminders.channels.email.smtp.references import reference_in, tracking_header
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
)

_STAGES: dict[type[aiosmtplib.SMTPResponseException], Stage] = {
    aiosmtplib.SMTPConnectResponseError: Stage.CONNECTION,
    aiosmtplib.SMTPHeloError: Stage.CONNECTION,
    aiosmtplib.SMTPAuthenticationError: Stage.LOGIN,
    aiosmtplib.SMTPSenderRefused: Stage.SENDER,
    aiosmtplib.SMTPRecipientRefused: Stage.RECIPIENT,
    aiosmtplib.SMTPDataError: Stage.CONTENT,
}


class Smtp:
    """One submission server. Must be used on one event loop."""

    def __init__(
        self, url: str, *, signers: Signers | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """`url` as `connections.server_of` reads it. Raises ValueError for another."""
        server = server_of(url)
        self._host = server.host
        self._connections = Connections(server, tls or ssl.create_default_context())
        self._signers = signers or Signers({})

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        departure = Departure(leaving)
        try:
            content = tracking_header(self._host, message.message_id) + compose(message)
            content = self._signers.sign(content, message.sender)
        except ValueError:
            return RejectedForGood("HEADER_REFUSED")
        try:
            async with asyncio.timeout(message.deadline_seconds):
                return await self._deliver(message, content, departure)
        except aiosmtplib.SMTPResponseException as fault:
            stage = _STAGES.get(type(fault), Stage.CONNECTION)
            return outcomes.refusal(stage, fault.code, fault.message)
        except (TimeoutError, aiosmtplib.SMTPException, OSError, ValueError) as fault:
            name = "TIMEOUT" if isinstance(fault, TimeoutError) else type(fault).__name__
            return departure.without_answer(name)

    async def _deliver(
        self, message: OutgoingMessage, content: bytes, departure: Departure
    ) -> Outcome:
        return_path = message.return_path or parseaddr(message.sender)[1]
        connection = await self._connections.open_transaction(return_path)
        try:
            await connection.rcpt(message.to)
            departure.mark()
            answer = await connection.data(content)
        except BaseException:  # refused, late or lost: the session is in no state to go on
            connection.close()
            raise
        self._connections.keep(connection)
        return Accepted(reference_in(answer.message))

    async def close(self) -> None:
        await self._connections.close()
