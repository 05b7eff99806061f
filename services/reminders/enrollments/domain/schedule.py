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
"""Due times that would fall together are spread over this, so that 09:00 is not a cliff."""


class StepOutcome(StrEnum):
    """What planning makes of a step."""

    DUE = "DUE"
    SKIPPED = "SKIPPED"  # its time was over at enrollment, and its policy is to skip
    EXPIRED = "EXPIRED"  # at no allowed time would it still be useful


SENT_LATE: Final = frozenset({Reason.LATE_SENT_NOW, Reason.LATE_CAUGHT_UP})
_LATE: Final = {
    LatePolicy.SKIP: Reason.LATE_SKIPPED,
    LatePolicy.SEND_NOW: Reason.LATE_SENT_NOW,
    LatePolicy.CATCH_UP: Reason.LATE_CAUGHT_UP,
}


class ProcedureTimes(msgspec.Struct, frozen=True, kw_only=True):
    """One procedure of one patient. `now` is product time; `who` makes the spread stable."""

    started_at: datetime
    ended_at: datetime | None
    window: Window
    now: datetime
    who: str


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True):
    """`due_at` is UTC; `decided` says, in order, why it is what it is."""

    step: AftercareStep
    fate: StepOutcome
    due_at: datetime
    useful_until: datetime
    decided: tuple[Reason, ...]


def plan_steps(steps: Iterable[AftercareStep], occasion: ProcedureTimes) -> tuple[PlannedStep, ...]:
    """Place every step; raises NaiveTime when a time of the occasion has no offset."""
    for at in (occasion.started_at, occasion.ended_at, occasion.now):
        if at is not None:
            require_aware(at)
    return tuple(plan_step(step, occasion) for step in steps)


def plan_step(step: AftercareStep, occasion: ProcedureTimes) -> PlannedStep:
    nominal = nominal_at(step, occasion)
    useful_until = _useful_until(step, nominal, occasion)
    decided = [Reason.PLANNED, *_gap(step, occasion)]
    due_at, is_exact = nominal, step.day is None
    if nominal < occasion.now:
        late = _late(step, useful_until, occasion.now)
        decided.append(late)
        if late not in SENT_LATE:
            fate = StepOutcome.SKIPPED if late is Reason.LATE_SKIPPED else StepOutcome.EXPIRED
            return _placed(step, fate, nominal, useful_until, decided)
        due_at, is_exact = occasion.now.astimezone(UTC), True
    if step.kind is StepKind.CLINICIAN_TASK:  # for staff, who have no quiet hours
        return _placed(step, StepOutcome.DUE, due_at, useful_until, decided)
    allowed_at = _opening(due_at, occasion.window)
    if allowed_at is None or allowed_at >= useful_until:
        never = Reason.NO_COMMON_HOUR if allowed_at is None else Reason.WINDOW_EXPIRED
        return _placed(step, StepOutcome.EXPIRED, nominal, useful_until, [*decided, never])
    if allowed_at != due_at:
        decided.append(Reason.WINDOW_MOVED)
    if not is_exact or allowed_at != due_at:
        allowed_at = _spread(allowed_at, step, useful_until, occasion)
    return _placed(step, StepOutcome.DUE, allowed_at, useful_until, decided)


def _opening(at: datetime, window: Window) -> datetime | None:
    try:
        return next_opening(at, window)
    except NoOpening:
        return None


def nominal_at(step: AftercareStep, occasion: ProcedureTimes) -> datetime:
    """Say when a step is meant, in UTC, before windows and lateness move it."""
    if step.after is not None:
        offset = parse_duration(step.after)
        is_before = offset < timedelta(0)
        counted_from = occasion.started_at if is_before else occasion.ended_at
        # To UTC first: adding to a local time would add wall-clock hours.
        return (counted_from or occasion.started_at).astimezone(UTC) + offset
    return instant(*_wall_clock(step, occasion), occasion.window.zone)


def meant_at(step: AftercareStep, occasion: ProcedureTimes) -> tuple[datetime, datetime]:
    """Say when a step is meant and until when it is of use, whatever time it is now."""
    nominal = nominal_at(step, occasion)
    return nominal, _useful_until(step, nominal, occasion)


def _wall_clock(step: AftercareStep, occasion: ProcedureTimes) -> tuple[date, time]:
    started = occasion.started_at.astimezone(occasion.window.zone)
    day = started.date() + timedelta(days=step.day or 0)
    return day, time.fromisoformat(step.at or "00:00")


def _gap(step: AftercareStep, occasion: ProcedureTimes) -> tuple[Reason, ...]:
    if step.after is None and is_in_gap(*_wall_clock(step, occasion), occasion.window.zone):
        return (Reason.CLOCK_GAP,)
    return ()


def _useful_until(step: AftercareStep, nominal: datetime, occasion: ProcedureTimes) -> datetime:
    until = nominal + parse_duration(step.useful_for)
    if step.kind is StepKind.PREPARE:  # nobody prepares for what has begun
        return min(until, occasion.started_at.astimezone(UTC))
    return until


def _late(step: AftercareStep, useful_until: datetime, now: datetime) -> Reason:
    if useful_until <= now:
        return Reason.LATE_EXPIRED
    return _LATE[step.late]


def _spread(
    at: datetime, step: AftercareStep, useful_until: datetime, occasion: ProcedureTimes
) -> datetime:
    digest = hashlib.blake2b(f"{occasion.who}\0{step.key}".encode(), digest_size=4).digest()
    seconds = int.from_bytes(digest) % int(SPREAD.total_seconds())
    later = at + timedelta(seconds=seconds)
    return later if later < useful_until and is_open(later, occasion.window) else at


def _placed(
    step: AftercareStep,
    fate: StepOutcome,
    due_at: datetime,
    useful_until: datetime,
    decided: Iterable[Reason],
) -> PlannedStep:
    return PlannedStep(
        step=step, fate=fate, due_at=due_at, useful_until=useful_until, decided=tuple(decided)
    )
