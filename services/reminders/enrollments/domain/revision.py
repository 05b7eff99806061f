"""What becomes of reminders when the procedure they go with moves. Pure.

A step keeps its identity by its key. What has begun to be sent stays as it was; what waits is
timed anew; what had ended unsent is planned again where its new time is still to come.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.contracts.catalog import Channel, StepKind
from services.contracts.enrollments import ChangeEffect, ReminderChange
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.domain.schedule import PlannedStep, StepOutcome

REPEATED_BEYOND: Final = timedelta(days=3)
"""Preparation that went out is asked for again only when the procedure moves by more than this."""

_REVIVED: Final = frozenset({Reason.PROCEDURE_NOT_DONE, Reason.PLAN_CHANGED})
"""Reasons of an end that a procedure which takes place after all undoes."""

WAITING: Final = (ReminderStatus.SCHEDULED, ReminderStatus.QUEUED, ReminderStatus.MERGED)
BEGUN: Final = (
    ReminderStatus.SENDING,
    ReminderStatus.ACCEPTED,
    ReminderStatus.DELIVERED,
    ReminderStatus.UNDELIVERED,
    ReminderStatus.UNKNOWN,
)

Spot = tuple[str, Channel]  # (step key, channel)


class PlannedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder as it is stored.

    `host_has_begun`: merged into one that has begun, so its text went out with that.
    """

    id: int
    step_key: str
    step_kind: StepKind
    channel: Channel
    state: ReminderStatus
    state_reason: str | None
    due_at: datetime
    useful_until: datetime
    generation: int
    is_held: bool = False
    host_has_begun: bool = False

    @property
    def spot(self) -> Spot:
        return self.step_key, self.channel

    @property
    def has_begun(self) -> bool:
        return self.state in BEGUN or self.host_has_begun

    @property
    def waits(self) -> bool:
        return self.state in WAITING and not self.host_has_begun


Meant = tuple[datetime, datetime]  # (when, useful until), before windows and lateness


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """When a step was meant to be, when it is meant to be now, and what planning makes of it."""

    was: Meant | None
    now: Meant
    planned: PlannedStep

    @property
    def is_as_before(self) -> bool:
        return self.was == self.now


class Move(msgspec.Struct, frozen=True):
    row: PlannedRow
    planned: PlannedStep


class Keep(msgspec.Struct, frozen=True):
    """As it is, and out in the open: what held it, holds it no more."""

    row: PlannedRow


class End(msgspec.Struct, frozen=True):
    row: PlannedRow
    state: ReminderStatus
    code: Reason


class Add(msgspec.Struct, frozen=True):
    spot: Spot
    generation: int
    planned: PlannedStep


Act = Move | Keep | End | Add


class Revision(msgspec.Struct, frozen=True):
    acts: tuple[Act, ...]
    changes: tuple[ReminderChange, ...]


class Anew(msgspec.Struct, frozen=True, kw_only=True):
    """`placings` by step key; `reachable` are the spots a new reminder may be sent on.

    `shift` is how far the procedure moved; `removed` says why a step is gone. With `makes_up`
    a step that never was planned is added even when it is late (and its policy allows that). In
    another plan a step of the same key is another step.
    """

    now: datetime
    placings: Mapping[str, Placing]
    reachable: Collection[Spot]
    shift: timedelta = timedelta(0)
    removed: Reason = Reason.STEP_REMOVED
    makes_up: bool = False
    is_other_plan: bool = False


def revise(rows: Iterable[PlannedRow], anew: Anew) -> Revision:
    """Say what to do with what is stored (in order of ids), what to add, and how to tell it.

    Of the reminders of one step on one channel the newest counts.
    """
    newest = {row.spot: row for row in rows}.values()
    acts: list[Act] = []
    changes: list[ReminderChange] = []
    for row in newest:
        for act, change in _of(row, anew):
            acts.extend(() if act is None else (act,))
            changes.extend(() if change is None else (change,))
    known = {row.spot: row.generation for row in newest}
    for act, change in _never_planned(known, anew):
        acts.append(act)
        changes.append(change)
    return Revision(tuple(acts), tuple(changes))


Told = tuple[Act | None, ReminderChange | None]


def _of(row: PlannedRow, anew: Anew) -> Iterator[Told]:
    placing = None if anew.is_other_plan else anew.placings.get(row.step_key)
    if placing is not None and row.channel not in placing.planned.step.channels:
        placing = None
    if row.has_begun:
        yield from _begun(row, placing, anew)
    elif row.waits:
        yield _waiting(row, placing, anew)
    elif placing is not None and _is_planned_again(row, placing, anew):
        yield _added(row.spot, row.generation + 1, placing.planned)


def _begun(row: PlannedRow, placing: Placing | None, anew: Anew) -> Iterator[Told]:
    if placing is None or not placing.is_as_before:
        yield None, _change(row, ChangeEffect.ALREADY_SENT)
    if placing is not None and _is_asked_again(row, placing, anew):
        yield _added(row.spot, row.generation + 1, placing.planned)


def _is_asked_again(row: PlannedRow, placing: Placing, anew: Anew) -> bool:
    return (
        row.step_kind is StepKind.PREPARE
        and abs(anew.shift) > REPEATED_BEYOND
        and _is_timely(placing, anew.now)
        and row.spot in anew.reachable
    )


def _waiting(row: PlannedRow, placing: Placing | None, anew: Anew) -> Told:
    if placing is None:
        return _ended(row, ReminderStatus.CANCELLED, anew.removed)
    planned = placing.planned
    if placing.is_as_before and not (row.is_held and row.due_at < anew.now):
        return Keep(row), None
    if planned.fate is not StepOutcome.DUE:
        state = ReminderStatus(planned.fate)
        if row.state is ReminderStatus.MERGED:  # the table of states knows no other way out
            state = ReminderStatus.CANCELLED
        return _ended(row, state, planned.decided[-1])
    if planned.due_at == row.due_at:
        return Move(row, planned), None
    return Move(row, planned), _change(row, ChangeEffect.MOVED, becomes=planned.due_at)


def _is_planned_again(row: PlannedRow, placing: Placing, anew: Anew) -> bool:
    if row.state_reason == Reason.REMINDER_CANCELLED or row.spot not in anew.reachable:
        return False
    if row.state_reason in _REVIVED:
        return placing.planned.fate is StepOutcome.DUE
    return not placing.is_as_before and _is_timely(placing, anew.now)


def _never_planned(known: Mapping[Spot, int], anew: Anew) -> Iterator[tuple[Add, ReminderChange]]:
    for spot in anew.reachable:
        placing = anew.placings.get(spot[0])
        is_known = spot in known and not anew.is_other_plan
        if is_known or placing is None or placing.planned.fate is not StepOutcome.DUE:
            continue
        if anew.makes_up or _is_timely(placing, anew.now):
            yield _added(spot, known.get(spot, -1) + 1, placing.planned)


def _is_timely(placing: Placing, now: datetime) -> bool:
    return placing.planned.fate is StepOutcome.DUE and placing.now[0] >= now


def _added(spot: Spot, generation: int, planned: PlannedStep) -> tuple[Add, ReminderChange]:
    change = ReminderChange(
        step_key=spot[0], channel=spot[1], effect=ChangeEffect.ADDED, becomes=planned.due_at
    )
    return Add(spot, generation, planned), change


def _ended(row: PlannedRow, state: ReminderStatus, code: Reason) -> Told:
    return End(row, state, code), _change(row, ChangeEffect.DROPPED)


def _change(
    row: PlannedRow, effect: ChangeEffect, *, becomes: datetime | None = None
) -> ReminderChange:
    return ReminderChange(
        step_key=row.step_key, channel=row.channel, effect=effect, was=row.due_at, becomes=becomes
    )
