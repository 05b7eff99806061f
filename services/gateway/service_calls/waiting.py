"""Asking from a thread that waits for the answer: pages are not on the loop."""

import asyncio
from concurrent.futures import CancelledError
from typing import Protocol, TypeVar

from services.chassis.ask import UpstreamUnavailable
from services.contracts import ask as contract
from services.contracts.reminders import STREAM
from services.gateway.service_calls.asker import Asker

R = TypeVar("R")


class Ask(Protocol):
    """Ask reminders; may raise UpstreamTimeout, UpstreamUnavailable or UpstreamFailed."""

    def __call__(self, question: contract.Ask[R], /, *, command_id: str | None = None) -> R: ...


class WaitingAsker:
    """Asks through the process's one client, from any thread but its loop's."""

    def __init__(self, asker: Asker, loop: asyncio.AbstractEventLoop) -> None:
        self._asker = asker
        self._loop = loop

    def __call__(self, question: contract.Ask[R], /, *, command_id: str | None = None) -> R:
        asking = asyncio.run_coroutine_threadsafe(
            self._asker.ask(STREAM, question, command_id=command_id), self._loop
        )
        try:
            return asking.result()
        except CancelledError:
            raise UpstreamUnavailable(STREAM, retry_after=1) from None
