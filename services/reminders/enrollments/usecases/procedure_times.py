"""What times a procedure may be said to have."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from services.contracts.errors import Refusal, UserErrorCode
from services.reminders.core.refusing import refuse

SURELY_OVER_AFTER: Final = timedelta(hours=4)
"""A procedure that began so long ago is over: none of the catalog takes longer."""

_FURTHEST_AHEAD: Final = timedelta(days=366)
_FURTHEST_BACK: Final = timedelta(days=180)
_LONGEST_PROCEDURE: Final = timedelta(hours=24)


def are_aware(*times: datetime | None) -> bool:
    return all(at is None or at.tzinfo is not None for at in times)


def without_offset(name: str) -> Refusal:
    message = "Give times with their offset from UTC, like 2027-03-14T15:40:00+01:00."
    return refuse(UserErrorCode.INVALID, message, name)


def start_faults(started_at: datetime, now: datetime) -> Iterator[Refusal]:
    if started_at > now + _FURTHEST_AHEAD:
        message = f"The procedure is more than {_FURTHEST_AHEAD.days} days away."
        yield refuse(UserErrorCode.TOO_LATE, message, "procedure_at")
    if started_at < now - _FURTHEST_BACK:
        message = f"The procedure was more than {_FURTHEST_BACK.days} days ago."
        yield refuse(UserErrorCode.IN_THE_PAST, message, "procedure_at")


def is_end_of(started_at: datetime, ended_at: datetime) -> bool:
    """Whether a procedure that began then may have ended then."""
    return started_at <= ended_at <= started_at + _LONGEST_PROCEDURE
