"""When each step of a plan is due for one patient. Pure: the clock is an argument.

Two kinds of offset. An *elapsed* step is so many hours from the procedure, whatever clocks do:
back from its start when negative, else on from its end. A *calendar* step is a day and a time on
the patient's wall clock.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import AftercareStep, LatePolicy, StepKind
from services.contracts.durations import parse_duration
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import (
    NoOpening,
    Window,
    instant,
    is_in_gap,
    is_open,
    next_opening,
    require_aware,
)

SPREAD: Final = timedelta(minutes=10)
"""Due times at the same moment are spread over this, so that 09:00 is no peak."""


class StepOutcome(StrEnum):
    """What planning makes of a step."""

    DUE = "DUE"
    SKIPPED = "SKIPPED"  # its time had passed at enrollment, and its policy is to skip
    EXPIRED = "EXPIRED"  # it would not be useful at any allowed time


SENT_LATE: Final = frozenset({Reason.LATE_SENT_NOW, Reason.LATE_CAUGHT_UP})
_LATE: Final = {
    LatePolicy.SKIP: Reason.LATE_SKIPPED,
    LatePolicy.SEND_NOW: Reason.LATE_SENT_NOW,
    LatePolicy.CATCH_UP: Reason.LATE_CAUGHT_UP,
}


class ProcedureTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The procedure of a patient. `now` is product time; `spread_by` makes the spread stable."""

    started_at: datetime
    ended_at: datetime | None
    window: Window
    now: datetime
    spread_by: str


class NominalTime(msgspec.Struct, frozen=True, kw_only=True):
    """When a step is due before quiet hours and lateness move it, and until when it is of use."""

    at: datetime
    useful_until: datetime


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True):
    """`due_at` is in UTC; `decided` holds the reasons for it, in order."""

    step: AftercareStep
    outcome: StepOutcome
    due_at: datetime
    useful_until: datetime
    decided: tuple[Reason, ...]


def plan_steps(steps: Iterable[AftercareStep], times: ProcedureTimes) -> tuple[PlannedStep, ...]:
    """Plan every step. Raises NaiveTime if a time of the procedure has no offset."""
    for at in (times.started_at, times.ended_at, times.now):
        if at is not None:
            require_aware(at)
    return tuple(plan_step(step, times) for step in steps)


def plan_step(step: AftercareStep, times: ProcedureTimes) -> PlannedStep:
    nominal = nominal_at(step, times)
    useful_until = _useful_until(step, nominal, times)
    decided = [Reason.PLANNED, *_gap(step, times)]
    due_at, is_exact = nominal, step.day is None
    if nominal < times.now:
        late = _late(step, useful_until, times.now)
        decided.append(late)
        if late not in SENT_LATE:
            outcome = StepOutcome.SKIPPED if late is Reason.LATE_SKIPPED else StepOutcome.EXPIRED
            return _planned(step, outcome, nominal, useful_until, decided)
        due_at, is_exact = times.now.astimezone(UTC), True
    if step.kind is StepKind.CLINICIAN_TASK:  # for staff, who have no quiet hours
        return _planned(step, StepOutcome.DUE, due_at, useful_until, decided)
    allowed_at = _opening(due_at, times.window)
    if allowed_at is None or allowed_at >= useful_until:
        reason = Reason.NO_COMMON_HOUR if allowed_at is None else Reason.WINDOW_EXPIRED
        return _planned(step, StepOutcome.EXPIRED, nominal, useful_until, [*decided, reason])
    if allowed_at != due_at:
        decided.append(Reason.WINDOW_MOVED)
    if not is_exact or allowed_at != due_at:
        allowed_at = _spread(allowed_at, step, useful_until, times)
    return _planned(step, StepOutcome.DUE, allowed_at, useful_until, decided)


def _opening(at: datetime, window: Window) -> datetime | None:
    try:
        return next_opening(at, window)
    except NoOpening:
        return None


def nominal_at(step: AftercareStep, times: ProcedureTimes) -> datetime:
    """When a step is due in UTC, before quiet hours and lateness move it."""
    if step.after is not None:
        offset = parse_duration(step.after)
        is_before = offset < timedelta(0)
        counted_from = times.started_at if is_before else times.ended_at
        # To UTC first: adding to a local time would add wall-clock hours.
        return (counted_from or times.started_at).astimezone(UTC) + offset
    return instant(*_wall_clock(step, times), times.window.zone)


def nominal_time(step: AftercareStep, times: ProcedureTimes) -> NominalTime:
    nominal = nominal_at(step, times)
    return NominalTime(at=nominal, useful_until=_useful_until(step, nominal, times))


def _wall_clock(step: AftercareStep, times: ProcedureTimes) -> tuple[date, time]:
    started = times.started_at.astimezone(times.window.zone)
    day = started.date() + timedelta(days=step.day or 0)
    return day, time.fromisoformat(step.at or "00:00")


def _gap(step: AftercareStep, times: ProcedureTimes) -> tuple[Reason, ...]:
    if step.after is None and is_in_gap(*_wall_clock(step, times), times.window.zone):
        return (Reason.CLOCK_GAP,)
    return ()


def _useful_until(step: AftercareStep, nominal: datetime, times: ProcedureTimes) -> datetime:
    until = nominal + parse_duration(step.useful_for)
    if step.kind is StepKind.PREPARE:  # it is too late to prepare for what has begun
        return min(until, times.started_at.astimezone(UTC))
    return until


def _late(step: AftercareStep, useful_until: datetime, now: datetime) -> Reason:
    if useful_until <= now:
        return Reason.LATE_EXPIRED
    return _LATE[step.late]


def _spread(
    at: datetime, step: AftercareStep, useful_until: datetime, times: ProcedureTimes
) -> datetime:
    digest = hashlib.blake2b(f"{times.spread_by}\0{step.key}".encode(), digest_size=4).digest()
    seconds = int.from_bytes(digest) % int(SPREAD.total_seconds())
    later = at + timedelta(seconds=seconds)
    return later if later < useful_until and is_open(later, times.window) else at


def _planned(
    step: AftercareStep,
    outcome: StepOutcome,
    due_at: datetime,
    useful_until: datetime,
    decided: Iterable[Reason],
) -> PlannedStep:
    return PlannedStep(
        step=step, outcome=outcome, due_at=due_at, useful_until=useful_until, decided=tuple(decided)
    )
