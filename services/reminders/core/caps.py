"""How many reminders a patient gets on one channel in one local day; the rest move on, unlost."""

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
    lane: int
    step_kind: StepKind | None
    due_at: datetime
    is_begun: bool


def before(id_: int, todays: Iterable[OfToday]) -> int:
    """How many of today's were begun, or go before this one: urgent, important and early first."""
    known = list(todays)
    mine = next((_rank(one) for one in known if one.id == id_), None)
    others = [one for one in known if one.id != id_]
    return sum(one.is_begun or (mine is not None and _rank(one) < mine) for one in others)


def importance(lane: int, kind: StepKind | None) -> tuple[int, int]:
    """How important a message is; what is less comes first."""
    return lane, _IMPORTANCE.get(kind or StepKind.CARE, len(_IMPORTANCE))


def _rank(one: OfToday) -> tuple[int, int, datetime, int]:
    return (*importance(one.lane, one.step_kind), one.due_at, one.id)
