"""Hands many messages to providers at once, for a caller that is no coroutine."""

import asyncio
import threading
from collections.abc import Sequence

import uvloop

from services.chassis.logs import get_logger
from services.reminders.channels.accounts import Accounts, CannotOpenAccount
from services.reminders.delivery.domain.outgoing import Failure, Outcome, RejectedForNow, Unknown
from services.reminders.delivery.usecases.delivery_ports import Letter, TooLate

log = get_logger(__name__)

_CLOSE_SECONDS = 3.0


class Postman:
    """Runs the providers' connections on an event loop of its own.

    The loop runs all the time, so a connection that a provider closes is noticed at once and not
    used again.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postman", daemon=True)
        self._thread.start()

    def deliver(self, letters: Sequence[Letter]) -> list[Outcome]:
        """Hand all over at once; answers in order, and never raises."""
        return asyncio.run_coroutine_threadsafe(self._deliver(letters), self._loop).result()

    async def _deliver(self, letters: Sequence[Letter]) -> list[Outcome]:
        return await asyncio.gather(*(self._send(letter) for letter in letters))

    async def _send(self, letter: Letter) -> Outcome:
        try:
            provider = self._accounts.of(letter.provider, letter.account)
        except CannotOpenAccount as fault:
            log.warning("account_not_usable", provider=letter.provider, reason=str(fault))
            return RejectedForNow("ACCOUNT_NOT_USABLE", failure=Failure.NOT_ALLOWED)
        has_left = False

        def leaving() -> None:
            nonlocal has_left
            letter.leaving()
            has_left = True

        try:
            return await provider.send(letter.message, leaving)
        except TooLate:
            return RejectedForNow("TOO_LATE", failure=Failure.WITHHELD)
        except Exception as fault:
            log.exception("provider_failed", provider=letter.provider)
            name = type(fault).__name__
            return Unknown(name) if has_left else RejectedForNow(name, failure=Failure.WITHHELD)
        finally:
            letter.answered()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._accounts.close(), self._loop).result(_CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
