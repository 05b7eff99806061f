"""When a plan's step is due, and how far clinics may move it."""

from datetime import timedelta
from typing import Final

from services.content.domain.source import ClinicsMay, PlanStepSource
from services.contracts.durations import parse_duration

_MOST_DAYS: Final = 3660


def due(step: PlanStepSource) -> timedelta:
    """The time after the procedure. Days count from its midnight.

    Raises ValueError that says what to write.
    """
    return _length(step.day or 0 if step.after is None else step.after)


def readable_due(step: PlanStepSource) -> timedelta | None:
    """The time after the procedure, or None if it cannot be parsed, which a rule reports."""
    try:
        return due(step)
    except ValueError:
        return None


def span(step: PlanStepSource) -> tuple[timedelta, timedelta]:
    """The earliest and the latest time that clinics may move the step to.

    Raises ValueError that says what to write.
    """
    may, own = step.clinics_may or ClinicsMay(), due(step)
    if step.after is None:
        ends: tuple[str | int | None, ...] = (may.earliest_day, may.latest_day)
    else:
        ends = (may.earliest, may.latest)
    first, last = (own if end is None else _length(end) for end in ends)
    return first, last


def _length(end: str | int) -> timedelta:
    if isinstance(end, str):
        return parse_duration(end)
    if abs(end) > _MOST_DAYS:
        raise ValueError(f"day {end} is more than ten years away; correct it")
    return timedelta(days=end)
