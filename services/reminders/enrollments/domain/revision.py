"""What becomes of an enrollment's reminders when its procedure moves. Pure.

A step is identified by its key. What has begun to be sent stays as it is; what waits gets a new
time; what ended unsent is planned again if its new time is still to come.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

from services.contracts.catalog import Channel, StepKind
from services.contracts.enrollments import ChangeEffect, ReminderChange
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.domain.schedule import NominalTime, PlannedStep, StepOutcome

REPEATED_BEYOND: Final = timedelta(days=3)
"""Preparation that was sent is sent again only if the procedure moves by more than this."""

_REVIVED: Final = frozenset({Reason.PROCEDURE_NOT_DONE, Reason.PLAN_CHANGED})
"""A reminder that ended for one of these is planned again if the procedure takes place."""

WAITING: Final = (ReminderStatus.SCHEDULED, ReminderStatus.QUEUED, ReminderStatus.MERGED)
BEGUN: Final = (
    ReminderStatus.SENDING,
    ReminderStatus.ACCEPTED,
    ReminderStatus.DELIVERED,
    ReminderStatus.UNDELIVERED,
    ReminderStatus.UNKNOWN,
)

StepChannel = tuple[str, Channel]  # (step key, channel)


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
    def step_channel(self) -> StepChannel:
        return self.step_key, self.channel

    @property
    def has_begun(self) -> bool:
        return self.state in BEGUN or self.host_has_begun

    @property
    def waits(self) -> bool:
        return self.state in WAITING and not self.host_has_begun


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """A step's nominal time before and now, and what planning makes of it now."""

    was: NominalTime | None
    now: NominalTime
    planned: PlannedStep

    @property
    def is_unchanged(self) -> bool:
        return self.was == self.now


class Move(msgspec.Struct, frozen=True):
    row: PlannedRow
    planned: PlannedStep


class Keep(msgspec.Struct, frozen=True):
    """Leave its times, and end its hold."""

    row: PlannedRow


class End(msgspec.Struct, frozen=True):
    row: PlannedRow
    state: ReminderStatus
    code: Reason


class Add(msgspec.Struct, frozen=True):
    step_channel: StepChannel
    generation: int
    planned: PlannedStep


Act = Move | Keep | End | Add


class Revision(msgspec.Struct, frozen=True):
    acts: tuple[Act, ...]
    changes: tuple[ReminderChange, ...]


class RevisionTarget(msgspec.Struct, frozen=True, kw_only=True):
    """What the reminders are revised to.

    `placings` are by step key; `reachable` says on which channels a step's new reminder may be
    sent. `shift` is how far the procedure moved; `removal` is the reason for ending the reminders
    of a step that is gone. With `adds_late`, a step that was never planned is added even if it is
    late, provided its policy allows that. In another plan a step of the same key is another step.
    """

    now: datetime
    placings: Mapping[str, Placing]
    reachable: Collection[StepChannel]
    shift: timedelta = timedelta(0)
    removal: Reason = Reason.STEP_REMOVED
    adds_late: bool = False
    is_other_plan: bool = False


def revise(rows: Iterable[PlannedRow], target: RevisionTarget) -> Revision:
    """Decide what to do with the stored reminders (in order of ids), and what to add.

    Of the reminders of one step on one channel, the newest counts.
    """
    newest = {row.step_channel: row for row in rows}.values()
    acts: list[Act] = []
    changes: list[ReminderChange] = []
    for row in newest:
        for act, change in _revise_row(row, target):
            acts.extend(() if act is None else (act,))
            changes.extend(() if change is None else (change,))
    generations = {row.step_channel: row.generation for row in newest}
    for act, change in _never_planned(generations, target):
        acts.append(act)
        changes.append(change)
    return Revision(tuple(acts), tuple(changes))


ActAndChange = tuple[Act | None, ReminderChange | None]


def _revise_row(row: PlannedRow, target: RevisionTarget) -> Iterator[ActAndChange]:
    placing = None if target.is_other_plan else target.placings.get(row.step_key)
    if placing is not None and row.channel not in placing.planned.step.channels:
        placing = None
    if row.has_begun:
        yield from _begun(row, placing, target)
    elif row.waits:
        yield _waiting(row, placing, target)
    elif placing is not None and _is_planned_again(row, placing, target):
        yield _added(row.step_channel, row.generation + 1, placing.planned)


def _begun(
    row: PlannedRow, placing: Placing | None, target: RevisionTarget
) -> Iterator[ActAndChange]:
    if placing is None or not placing.is_unchanged:
        yield None, change_of(row, ChangeEffect.ALREADY_SENT)
    if placing is not None and _is_asked_again(row, placing, target):
        yield _added(row.step_channel, row.generation + 1, placing.planned)


def _is_asked_again(row: PlannedRow, placing: Placing, target: RevisionTarget) -> bool:
    return (
        row.step_kind is StepKind.PREPARE
        and abs(target.shift) > REPEATED_BEYOND
        and _is_timely(placing, target.now)
        and row.step_channel in target.reachable
    )


def _waiting(row: PlannedRow, placing: Placing | None, target: RevisionTarget) -> ActAndChange:
    if placing is None:
        return _ended(row, ReminderStatus.CANCELLED, target.removal)
    planned = placing.planned
    if placing.is_unchanged and not (row.is_held and row.due_at < target.now):
        return Keep(row), None
    if planned.outcome is not StepOutcome.DUE:
        state = ReminderStatus(planned.outcome)
        if row.state is ReminderStatus.MERGED:  # the table of states knows no other way out
            state = ReminderStatus.CANCELLED
        return _ended(row, state, planned.decided[-1])
    if planned.due_at == row.due_at:
        return Move(row, planned), None
    return Move(row, planned), change_of(row, ChangeEffect.MOVED, becomes=planned.due_at)


def _is_planned_again(row: PlannedRow, placing: Placing, target: RevisionTarget) -> bool:
    if row.state_reason == Reason.REMINDER_CANCELLED or row.step_channel not in target.reachable:
        return False
    if row.state_reason in _REVIVED:
        return placing.planned.outcome is StepOutcome.DUE
    return not placing.is_unchanged and _is_timely(placing, target.now)


def _never_planned(
    generations: Mapping[StepChannel, int], target: RevisionTarget
) -> Iterator[tuple[Add, ReminderChange]]:
    for step_channel in target.reachable:
        placing = target.placings.get(step_channel[0])
        is_known = step_channel in generations and not target.is_other_plan
        if is_known or placing is None or placing.planned.outcome is not StepOutcome.DUE:
            continue
        if target.adds_late or _is_timely(placing, target.now):
            yield _added(step_channel, generations.get(step_channel, -1) + 1, placing.planned)


def _is_timely(placing: Placing, now: datetime) -> bool:
    return placing.planned.outcome is StepOutcome.DUE and placing.now.at >= now


def _added(
    step_channel: StepChannel, generation: int, planned: PlannedStep
) -> tuple[Add, ReminderChange]:
    change = ReminderChange(
        step_key=step_channel[0],
        channel=step_channel[1],
        effect=ChangeEffect.ADDED,
        becomes=planned.due_at,
    )
    return Add(step_channel, generation, planned), change


def _ended(row: PlannedRow, state: ReminderStatus, code: Reason) -> ActAndChange:
    return End(row, state, code), change_of(row, ChangeEffect.DROPPED)


def change_of(
    row: PlannedRow, effect: ChangeEffect, *, becomes: datetime | None = None
) -> ReminderChange:
    return ReminderChange(
        step_key=row.step_key, channel=row.channel, effect=effect, was=row.due_at, becomes=becomes
    )
