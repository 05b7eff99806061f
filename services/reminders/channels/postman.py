"""Hands many messages to providers at once, for a caller that is no coroutine."""

import asyncio
import threading
from collections.abc import Mapping, Sequence

from services.chassis.logs import get_logger
from services.reminders.channels.channel import Provider
from services.reminders.domain.outgoing import Outcome, RejectedForNow, Unknown
from services.reminders.usecases.delivery_ports import Letter

log = get_logger(__name__)

_CLOSE_SECONDS = 3.0


class Postman:
    """Runs the providers' connections on an event loop of its own.

    The loop runs all the time, so a connection that a provider closes is noticed at once and not
    used again.
    """

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self._providers = dict(providers)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postman", daemon=True)
        self._thread.start()

    def deliver(self, letters: Sequence[Letter]) -> list[Outcome]:
        """Hand all over at once; answers in order, and never raises."""
        return asyncio.run_coroutine_threadsafe(self._deliver(letters), self._loop).result()

    async def _deliver(self, letters: Sequence[Letter]) -> list[Outcome]:
        return await asyncio.gather(*(self._send(letter) for letter in letters))

    async def _send(self, letter: Letter) -> Outcome:
        provider = self._providers.get(letter.provider)
        if provider is None:
            return RejectedForNow("NO_SUCH_PROVIDER")
        has_left = False

        def leaving() -> None:
            nonlocal has_left
            letter.leaving()
            has_left = True

        try:
            return await provider.send(letter.message, leaving)
        except Exception as fault:
            log.exception("provider_failed", provider=letter.provider)
            name = type(fault).__name__
            return Unknown(name) if has_left else RejectedForNow(name)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close_all(), self._loop).result(_CLOSE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close_all(self) -> None:
        for provider in self._providers.values():
            await provider.close()
