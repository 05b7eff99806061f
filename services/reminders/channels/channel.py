"""What a provider adapter is.

To add one: the recipe in CONTRIBUTING.md.
"""

from collections.abc import Callable
from typing import Protocol

from services.reminders.delivery.domain.outgoing import (
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForNow,
    Unknown,
)

Leaving = Callable[[], None]
"""Called once, right before the first byte that the provider could act on leaves the process."""


class Provider(Protocol):
    """One account with one carrier."""

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        """Hand over one message, within its deadline; never raises.

        After `leaving` every failure without an answer is Unknown; before it, RejectedForNow.
        When `leaving` raises, nothing may be sent.
        """
        ...

    async def close(self) -> None: ...


class Departure:
    """Knows whether a message has left, or was held back at the door."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving
        self._is_withheld = False
        self.has_left = False

    def mark(self) -> None:
        """Note the departure, then let it happen; when noting fails, nothing has left."""
        if self.has_left:
            return
        try:
            self._leaving()
        except BaseException:
            self._is_withheld = True
            raise
        self.has_left = True

    def without_answer(self, code: str) -> Outcome:
        """Read a failure: before the departure it is definite, after it nobody can know."""
        if self.has_left:
            return Unknown(code)
        failure = Failure.WITHHELD if self._is_withheld else Failure.NOT_REACHED
        return RejectedForNow(code, failure=failure)
