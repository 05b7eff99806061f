"""Shows the product clock, and advances it in development."""

from collections.abc import Sequence
from datetime import timedelta

from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.operations import AdvanceClock, ClockRecord, ShowClock
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork

_LONGEST_STEP = timedelta(days=366)


def show_clock(uow: OperationsUnitOfWork, asks: Sequence[ShowClock]) -> list[ClockRecord]:
    reading = uow.clock.read()
    return [reading for _ in asks]


def advance_clock(
    uow: OperationsUnitOfWork, command: AdvanceClock, *, is_development: bool
) -> ClockRecord | Refusal:
    """Move product time forward. In production it is always the real time."""
    if not is_development:
        message = "The clock is moved in development only."
        return refuse(UserErrorCode.NOT_ALLOWED, message)
    if not 0 <= command.seconds <= _LONGEST_STEP.total_seconds():
        message = f"The clock goes forward only, by at most {_LONGEST_STEP.days} days at once."
        return refuse(UserErrorCode.INVALID, message, "seconds")
    try:
        return uow.clock.advance(timedelta(seconds=command.seconds))
    except ValueError as fault:  # beyond the clock's range
        return refuse(UserErrorCode.INVALID, f"{fault}.".capitalize(), "seconds")
