"""The daily cap: which reminders a patient gets on a channel today; the others move to tomorrow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from services.contracts.catalog import StepKind

_IMPORTANCE: Final = {
    StepKind.CHECK_IN: 0,
    StepKind.CARE: 1,
    StepKind.FOLLOW_UP: 2,
    StepKind.PREPARE: 3,
    StepKind.REBOOK: 4,
}


class OfToday(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder of one patient on one channel that was begun today, or is due today."""

    id: int
    priority: int
    step_kind: StepKind | None
    due_at: datetime
    is_begun: bool


def before(id_: int, todays: Iterable[OfToday]) -> int:
    """Count today's other reminders that were begun or go first: urgent, important, early."""
    reminders = list(todays)
    rank = next((_rank(reminder) for reminder in reminders if reminder.id == id_), None)
    others = (reminder for reminder in reminders if reminder.id != id_)
    return sum(other.is_begun or (rank is not None and _rank(other) < rank) for other in others)


def importance(priority: int, kind: StepKind | None) -> tuple[int, int]:
    """The importance of a message; the smaller goes first."""
    return priority, _IMPORTANCE.get(kind or StepKind.CARE, len(_IMPORTANCE))


def _rank(reminder: OfToday) -> tuple[int, int, datetime, int]:
    return (*importance(reminder.priority, reminder.step_kind), reminder.due_at, reminder.id)
