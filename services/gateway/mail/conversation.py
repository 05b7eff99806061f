"""One conversation over SMTP: which mail is taken, and which is not."""

import asyncio
from concurrent.futures import Executor
from typing import Final
from weakref import WeakKeyDictionary

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.chassis.logs import get_logger
from services.chassis.signed_addresses import SignedAddress
from services.gateway.mail.counters import MailCounters
from services.gateway.mail.limits import Limits, client_allowance, client_of, token_allowance
from services.gateway.mail.mailboxes import Mailboxes, ReceivedMail

log = get_logger(__name__)

_STORE_SECONDS: Final = 20.0
_MOST_ADDRESSES: Final = 5  # of one mail; a bounce has one
_MOST_REFUSED: Final = 20  # in one connection


class MailHandler:
    """The hooks that aiosmtpd calls by name. Nothing is relayed, and no mail is ever sent."""

    def __init__(
        self, mailboxes: Mailboxes, limits: Limits, counters: MailCounters, pool: Executor
    ) -> None:
        self._mailboxes = mailboxes
        self._counters = counters
        self._pool = pool
        self._by_client = client_allowance(limits)
        self._by_token = token_allowance(limits)
        self._refused = WeakKeyDictionary[Session, int]()
        self._storing = 0
        self.is_idle = asyncio.Event()  # set while no mail is being stored
        self.is_idle.set()

    async def handle_EHLO(  # noqa: N802 - named by aiosmtpd
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", *responses[-1:]]

    async def handle_MAIL(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._by_client.use(client_of((session.peer or "")[0])):
            self._counters.mails_over_limit += 1
            return "451 4.7.1 Too many mails from your address, try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._mailboxes.read(address) is None:
            return self._refuse_address(server, session)
        if not self._by_token.is_left(address.lower()):
            self._counters.mails_over_limit += 1
            return "450 4.2.1 This address has received too many mails, try again later"
        if len(envelope.rcpt_tos) >= _MOST_ADDRESSES:
            return "452 4.5.3 Too many addresses"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - named by aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content, sender = envelope.original_content or b"", envelope.mail_from or ""
        addresses = dict.fromkeys(address.lower() for address in envelope.rcpt_tos)
        mails = [
            ReceivedMail(address=signed, sender=sender.strip("<>"), content=content)
            for signed in map(self._mailboxes.read, addresses)
            if isinstance(signed, SignedAddress)
        ]
        if not await self._stored(mails):
            self._counters.mails_not_stored += 1
            return "451 4.3.0 The mail could not be stored, try again later"
        for address in addresses:
            self._by_token.use(address)
        self._counters.mails_taken += 1
        return "250 2.0.0 Taken"

    async def handle_exception(self, error: Exception) -> str:
        log.error("conversation_failed", error=type(error).__name__)
        return "451 4.3.0 Something went wrong here, try again later"

    async def _stored(self, mails: list[ReceivedMail]) -> bool:
        """Store all, in a thread. A mail that is stored twice counts once."""
        self._storing += 1
        self.is_idle.clear()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_STORE_SECONDS):
                for mail in mails:
                    await loop.run_in_executor(self._pool, self._mailboxes.take, mail)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the sender keeps the mail
            log.warning("mail_not_stored", error=type(fault).__name__)
            return False
        finally:
            self._storing -= 1
            if not self._storing:
                self.is_idle.set()
        return bool(mails)

    def _refuse_address(self, server: SMTP, session: Session) -> str:
        self._counters.addresses_refused += 1
        refused = self._refused[session] = self._refused.get(session, 0) + 1
        if refused > _MOST_REFUSED and server.transport:
            asyncio.get_running_loop().call_soon(server.transport.close)
            return "421 4.7.0 Too many unknown addresses"
        return "550 5.1.1 There is no such address here"
