"""A dispatcher that runs in a thread, and whose rounds can be counted."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.chassis.settings import load
from services.reminders.delivery_wiring import open_dispatcher
from services.reminders.dispatcher import Dispatcher
from services.reminders.settings import DispatcherSettings
from tests.support.waiting import eventually


class Rounds(threading.Event):
    """The event that stops a dispatcher; keeps the waits that it was asked for, and cuts them."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return super().wait(min(timeout or 0.0, 0.02))

    def wait_for_more(self, count: int) -> None:
        """Let the dispatcher come around this many times more."""
        enough = len(self.waits) + count
        assert eventually(lambda: len(self.waits) > enough), "the dispatcher does not go on"


@contextmanager
def dispatching(environ: Mapping[str, str]) -> Iterator[Rounds]:
    parts = open_dispatcher(load(DispatcherSettings, environ))
    rounds = Rounds()
    thread = threading.Thread(target=Dispatcher(parts).run, args=(rounds,))
    thread.start()
    try:
        yield rounds
    finally:
        rounds.set()
        thread.join(5)
        parts.close()
    assert not thread.is_alive(), "the dispatcher did not end"
