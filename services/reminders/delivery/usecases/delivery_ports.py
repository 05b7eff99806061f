"""What sending needs from the outside."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import TaskKind
from services.reminders.core.claim import Claim
from services.reminders.core.outbound import Lane
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import Account
from services.reminders.delivery.domain.attempts import Beginning, Begun, Ending
from services.reminders.delivery.domain.case import Case
from services.reminders.delivery.domain.dispatch import Drop, Park, Postpone
from services.reminders.delivery.domain.outgoing import Outcome, OutgoingMessage


class TooLate(Exception):
    """So much of the lease is over that the message must not leave any more."""


class Claims(Protocol):
    def claim(self, channel: Channel, lane: Lane, limit: int) -> list[Claim]: ...
    def give_back(self, claims: Sequence[Claim], *, wait_seconds: float = 0.0) -> None: ...
    def await_sender(self, claims: Sequence[Claim], *, code: Reason, wait_seconds: float) -> None:
        """Give back what no sender may carry now; each reason is recorded once."""
        ...

    def drop(self, dropped: Sequence[tuple[Claim, Drop]]) -> None: ...
    def postpone(self, postponed: Sequence[tuple[Claim, Postpone, str]]) -> None: ...
    def park(self, parked: Sequence[tuple[Claim, Park]]) -> None:
        """Keep messages back until their hold is released."""
        ...

    def open_task(self, claim: Claim, kind: TaskKind, title: str) -> None: ...


class Cases(Protocol):
    def load(self, claims: Sequence[Claim]) -> tuple[datetime, list[Case]]:
        """The product's now, and the claims' cases in order.

        A claim whose rows cannot be read is left out, and the others go on.
        """
        ...


class Attempts(Protocol):
    """Each raises StorageAway when the database cannot be reached."""

    def begin(self, beginnings: Sequence[Beginning]) -> list[Begun]: ...
    def finish(self, endings: Sequence[Ending]) -> list[Ending]: ...
    def reconcile(self, late: Sequence[Ending]) -> int: ...


class Journal(Protocol):
    """Which attempts have left this process, known even after it was killed."""

    def note(self, clinic_id: int, attempt_id: int) -> None:
        """Raises OSError when it cannot be written; then nothing may leave."""
        ...

    def forget(self, count: int) -> None:
        """So many attempts that were noted, or might have been, have ended in the database."""
        ...

    def expect(self, count: int) -> None:
        """So many attempts are about to begin."""
        ...


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message for one provider; `leaving` is called right before it leaves, `answered` after.

    Without an account it goes through the one of the settings.
    """

    provider: str
    account: Account | None = None
    message: OutgoingMessage
    leaving: Callable[[], None]
    answered: Callable[[], None] = lambda: None


class Postman(Protocol):
    def deliver(self, letters: Sequence[Letter]) -> list[Outcome]:
        """Hand all over at once; answers in order, and never raises."""
        ...


class Changed(Protocol):
    def __call__(self, keys: Sequence[tuple[int, int]], /) -> None:
        """Tell whoever watches these (clinic id, outbound id); may be lost, never raises."""
        ...
