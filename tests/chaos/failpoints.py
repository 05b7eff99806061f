"""Dying, or falling asleep, at the four places between claiming a message and recording its end."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import msgspec

from services.reminders.channels.provider_dispatcher import AsyncProviderDispatcher
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.storage.claims import Claims

PLACES: dict[str, tuple[type, str]] = {
    "after_claim": (Claims, "claim"),
    "after_begin": (Attempts, "begin"),
    "after_send": (AsyncProviderDispatcher, "deliver"),
    "after_finish": (Attempts, "finish"),
}


class Failpoint(msgspec.Struct, frozen=True):
    """At the `turn`-th time that the place is reached with something in hand.

    `sleep_seconds` 0 is kill -9.
    """

    place: str
    turn: int
    sleep_seconds: float = 0.0

    def strike(self) -> None:
        if self.sleep_seconds:
            time.sleep(self.sleep_seconds)
        else:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(failpoint: Failpoint) -> None:
    """In a process of the product that has not begun yet."""
    owner, name = PLACES[failpoint.place]
    setattr(owner, name, _armed(getattr(owner, name), failpoint))


def _armed(original: Callable[..., Any], failpoint: Failpoint) -> Callable[..., Any]:
    turns = 0

    def reached(*args: Any, **kwargs: Any) -> Any:
        nonlocal turns
        done = original(*args, **kwargs)
        has_something = bool(done) or failpoint.place == "after_finish"
        if has_something:
            turns += 1
            if turns == failpoint.turn:
                failpoint.strike()
        return done

    return reached
