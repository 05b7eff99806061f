"""Mail over SMTP submission. The server offers no lookup: an unanswered message stays unknown."""

import asyncio
import ssl
from functools import partial

import aiosmtplib
import msgspec

from services.reminders.channels.channel import Departure, Leaving, cause_of, refused, written
from services.reminders.channels.email.addressing import Addressing, addressed
from services.reminders.channels.email.dkim import Signers
from services.reminders.channels.email.mail import compose
from services.reminders.channels.email.smtp import outcomes
from services.reminders.channels.email.smtp.connections import Connections, NotOffered, server_of
from services.reminders.channels.email.smtp.outcomes import Stage
from services.reminders.channels.email.smtp.references import reference_in, tracking_header
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
    Unsendable,
)

_STAGES: dict[type[aiosmtplib.SMTPResponseException], Stage] = {
    aiosmtplib.SMTPConnectResponseError: Stage.CONNECTION,
    aiosmtplib.SMTPHeloError: Stage.CONNECTION,
    aiosmtplib.SMTPAuthenticationError: Stage.LOGIN,
    aiosmtplib.SMTPSenderRefused: Stage.SENDER,
    aiosmtplib.SMTPRecipientRefused: Stage.RECIPIENT,
    aiosmtplib.SMTPDataError: Stage.CONTENT,
}


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as it is sent."""

    addressing: Addressing
    return_path: str
    content: bytes


class _Session:
    """How far a mail has come, so that a failure is laid to who caused it."""

    def __init__(self, departure: Departure) -> None:
        self.departure = departure
        self.is_addressing = False

    def without_answer(self, fault: BaseException) -> Outcome:
        """A server that answered until this recipient was named still works for others."""
        if self.is_addressing:
            return RejectedForNow(cause_of(fault))
        return self.departure.without_answer(cause_of(fault))


def _not_offered(mail: Mail) -> Outcome:
    if mail.addressing.sender.isascii():
        return RejectedForGood(Reason.ADDRESS_NEEDS_SMTPUTF8)
    return RejectedForNow(Reason.SENDER_NOT_SENDABLE, failure=Failure.SENDER)


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
        session = _Session(Departure(leaving))
        try:
            mail = written(partial(self._write, message))
        except Unsendable as fault:
            return refused(fault)
        try:
            async with asyncio.timeout(message.deadline_seconds):
                return await self._deliver(mail, session)
        except aiosmtplib.SMTPResponseException as fault:
            stage = _STAGES.get(type(fault), Stage.CONNECTION)
            return outcomes.refusal(stage, fault.code, fault.message)
        except NotOffered:
            return _not_offered(mail)
        except (TimeoutError, aiosmtplib.SMTPException, OSError) as fault:
            return session.without_answer(fault)

    def _write(self, message: OutgoingMessage) -> Mail:
        addressing = addressed(message)
        try:
            content = compose(message, addressing)
        except ValueError:
            raise Unsendable(Reason.HEADER_REFUSED) from None
        tracked = tracking_header(self._host, message.message_id) + content
        return Mail(
            addressing=addressing,
            return_path=message.return_path or addressing.sender,
            content=self._signers.sign(tracked, addressing.sender),
        )

    async def _deliver(self, mail: Mail, session: _Session) -> Outcome:
        who = mail.addressing
        connection = await self._connections.open_transaction(
            mail.return_path, is_utf8=who.needs_utf8
        )
        try:
            session.is_addressing = True
            await connection.rcpt(who.to, encoding="utf-8" if who.needs_utf8 else "ascii")
        except aiosmtplib.SMTPRecipientRefused:
            await self._connections.start_over(connection)
            raise
        except BaseException:  # late or lost
            connection.close()
            raise
        try:
            session.is_addressing = False
            session.departure.mark()
            answer = await connection.data(mail.content)
        except BaseException:  # withheld, refused, late or lost: it is in no state to go on
            connection.close()
            raise
        self._connections.keep(connection)
        return Accepted(reference_in(answer.message))

    async def close(self) -> None:
        await self._connections.close()
