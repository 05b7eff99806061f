"""What a provider adapter is.

To add one: a folder `channels/<channel>/<provider>/` with `client.py` (this contract) and
`outcomes.py` (its answers as data), its settings, and a line in wiring.py.
"""

from collections.abc import Callable
from typing import Protocol

from services.reminders.domain.outgoing import Outcome, OutgoingMessage

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
    """Knows whether a message has left."""

    def __init__(self, leaving: Leaving) -> None:
        self._leaving = leaving
        self.has_left = False

    def mark(self) -> None:
        """Note the departure, then let it happen; when noting fails, nothing has left."""
        if not self.has_left:
            self._leaving()
            self.has_left = True
