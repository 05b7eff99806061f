"""What a provider's client must do. CONTRIBUTING.md says how to add one."""

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
    """One account with one provider."""

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        """Send one message within its deadline; never raises.

        After `leaving` every failure without an answer is Unknown; before it, RejectedForNow.
        When `leaving` raises, nothing may be sent.
        """
        ...

    async def close(self) -> None: ...


class Departure:
    """Knows whether a message has left, or `leaving` has refused it."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving
        self._is_withheld = False
        self.has_left = False

    def mark(self) -> None:
        """Record the departure before it happens. If recording fails, nothing has left."""
        if self.has_left:
            return
        try:
            self._leaving()
        except BaseException:
            self._is_withheld = True
            raise
        self.has_left = True

    def without_answer(self, code: str) -> Outcome:
        """Translate a failure: it is definite before the departure, and Unknown after it."""
        if self.has_left:
            return Unknown(code)
        failure = Failure.WITHHELD if self._is_withheld else Failure.NOT_REACHED
        return RejectedForNow(code, failure=failure)
