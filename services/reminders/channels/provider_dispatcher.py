"""Sends many messages to providers at once, for a caller that is not a coroutine."""

import asyncio
import threading
from collections.abc import Sequence

import uvloop

from services.chassis.logs import get_logger
from services.reminders.channels.accounts import Accounts, CannotOpenAccount
from services.reminders.delivery.domain.outgoing import (
    Envelope,
    Failure,
    Outcome,
    RejectedForNow,
    TooLate,
    Unknown,
)

log = get_logger(__name__)

_CLOSE_SECONDS = 3.0


class AsyncProviderDispatcher:
    """Runs the providers' connections on an event loop in a thread of its own.

    The loop runs all the time, so a connection that a provider closes is noticed at once and not
    used again.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="providers", daemon=True
        )
        self._thread.start()

    def deliver(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """Send all at once. Returns the outcomes in order, and never raises."""
        return asyncio.run_coroutine_threadsafe(self._deliver(envelopes), self._loop).result()

    async def _deliver(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        return await asyncio.gather(*(self._send(envelope) for envelope in envelopes))

    async def _send(self, envelope: Envelope) -> Outcome:
        try:
            provider = self._accounts.of(envelope.provider, envelope.account)
        except CannotOpenAccount as fault:
            log.warning("account_not_usable", provider=envelope.provider, reason=str(fault))
            return RejectedForNow("ACCOUNT_NOT_USABLE", failure=Failure.NOT_ALLOWED)
        has_left = False

        def leaving() -> None:
            nonlocal has_left
            envelope.leaving()
            has_left = True

        try:
            return await provider.send(envelope.message, leaving)
        except TooLate:
            return RejectedForNow("TOO_LATE", failure=Failure.WITHHELD)
        except Exception as fault:
            log.exception("provider_failed", provider=envelope.provider)
            name = type(fault).__name__
            return Unknown(name) if has_left else RejectedForNow(name, failure=Failure.WITHHELD)
        finally:
            envelope.answered()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._accounts.close(), self._loop).result(_CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
