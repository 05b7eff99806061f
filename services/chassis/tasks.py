"""Runs coroutines from threads, and ends background tasks reliably."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

R = TypeVar("R")

_PATIENCE_SECONDS = 0.5


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks until they are done. What they raise is ignored.

    One cancellation may not be enough: if it comes at the same moment as a client's own timeout,
    the client may mistake it for that and continue.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_PATIENCE_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


def run_on_loop(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, R]) -> R:
    """Run `work` on the loop of another thread and wait for its result.

    Raises concurrent.futures.CancelledError when the loop ends first.
    """
    return asyncio.run_coroutine_threadsafe(work, loop).result()


def stop_request() -> asyncio.Event:
    """Return an event of the running loop that SIGTERM or SIGINT sets."""
    requested = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, requested.set)
    return requested
