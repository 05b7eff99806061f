"""Which messages of one visit are said in one.

A patient whose visit held two procedures would else get two texts in the same hour, and a late
enrollment everything at once. What falls into the same hour of the patient's day, on one channel
to one contact point for one purpose, is said in one message: the most important is sent, and
carries the text of the others.

A message is carried only by one that ends being useful no later than itself, so that no text is
ever said past its time; a question is never carried, because what the patient answers must be
the last thing said.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import msgspec

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import ProcedureState, ReminderStatus
from services.reminders.core.caps import importance

MOST_TOGETHER: Final = 4
"""Texts in one message: four of a plan's longest still fit one SMS."""

NEVER_SENT: Final = frozenset(
    {
        ReminderStatus.CANCELLED,
        ReminderStatus.EXPIRED,
        ReminderStatus.SKIPPED,
        ReminderStatus.FAILED,
    }
)
"""When a carrier ends like this, nobody has read what it carried."""

_HOUR: Final = len("2027-03-14T10")


class VisitMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A planned reminder of a visit. `is_active`: its enrollment neither paused nor ended."""

    id: int
    state: ReminderStatus
    merged_into: int | None = None
    channel: Channel
    contact_point_id: int | None
    purpose: Purpose
    lane: int
    step_kind: StepKind | None
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    procedure_state: ProcedureState = ProcedureState.PLANNED
    is_active: bool = True


class Regrouping(msgspec.Struct, frozen=True, kw_only=True):
    """What has to change: `merge` says for each id who carries it now.

    `release` is to be sent by itself after all; `requeue` are carriers that a worker may already
    have put into words, and must put into words anew.
    """

    merge: Mapping[int, int] = {}
    release: tuple[int, ...] = ()
    requeue: tuple[int, ...] = ()


def slot(local_due_at: str) -> str:
    """The hour of a patient's day that a local due time lies in."""
    return local_due_at[:_HOUR]


def together(messages: Iterable[VisitMessage]) -> dict[int, int]:
    """Say for each message that another one should carry which one that is."""
    groups: defaultdict[tuple[object, ...], list[VisitMessage]] = defaultdict(list)
    for one in messages:
        groups[_company(one)].append(one)
    carried: dict[int, int] = {}
    for group in groups.values():
        carried.update(_carried(group))
    return carried


def regroup(
    messages: Iterable[VisitMessage], carriers: Mapping[int, ReminderStatus], *, now: datetime
) -> Regrouping:
    """Compare who carries whom with who should; `carriers` has the state of every carrier.

    What a worker has in hand takes no part, and neither does what is due already: both leave as
    they are. What was carried stays carried once its carrier may have left.
    """
    every = list(messages)
    by_id = {one.id: one for one in every}
    leaving = {
        one.id for one in every if one.state is ReminderStatus.SCHEDULED and one.due_at < now
    }
    free = [one for one in every if one.merged_into not in leaving and _is_free(one, carriers, now)]
    wanted = together(free)
    strays = [one for one in every if _is_stray(one, by_id)]
    return Regrouping(
        merge={id_: into for id_, into in wanted.items() if by_id[id_].merged_into != into},
        release=(
            *(one.id for one in free if one.merged_into and one.id not in wanted),
            *(one.id for one in strays),
        ),
        requeue=tuple({one.merged_into for one in strays if one.merged_into}),
    )


def _company(one: VisitMessage) -> tuple[object, ...]:
    """What two messages must share to be said in one."""
    fitness = (one.procedure_state, one.is_active, None if one.is_active else one.id)
    return one.channel, one.contact_point_id, one.purpose, slot(one.local_due_at), fitness


def _carried(group: Iterable[VisitMessage]) -> Iterator[tuple[int, int]]:
    room: dict[int, int] = {}
    carriers: list[VisitMessage] = []
    for one in sorted(group, key=_rank):
        carrier = next((by for by in carriers if room[by.id] and _can_carry(by, one)), None)
        if carrier is None:
            carriers.append(one)
            room[one.id] = MOST_TOGETHER - 1
        else:
            room[carrier.id] -= 1
            yield one.id, carrier.id


def _rank(one: VisitMessage) -> tuple[int, int, datetime, datetime, int]:
    return (*importance(one.lane, one.step_kind), one.useful_until, one.due_at, one.id)


def _can_carry(carrier: VisitMessage, one: VisitMessage) -> bool:
    return one.step_kind is not StepKind.CHECK_IN and one.useful_until >= carrier.useful_until


def _is_free(one: VisitMessage, carriers: Mapping[int, ReminderStatus], now: datetime) -> bool:
    if one.state is ReminderStatus.SCHEDULED:
        return one.due_at >= now
    if one.state is not ReminderStatus.MERGED or one.merged_into is None:
        return False
    state = carriers[one.merged_into]
    return state is ReminderStatus.SCHEDULED or state in NEVER_SENT


def _is_stray(one: VisitMessage, by_id: Mapping[int, VisitMessage]) -> bool:
    """Carried by what a worker has in hand, though the two are no company any more."""
    carrier = by_id.get(one.merged_into or 0)
    if one.state is not ReminderStatus.MERGED or carrier is None:
        return False
    return carrier.state is ReminderStatus.QUEUED and not _are_company(one, carrier)


def _are_company(one: VisitMessage, other: VisitMessage) -> bool:
    return _company(one) == _company(other)
