"""Putting reminders right when the rules of a time zone have changed."""

from datetime import datetime
from typing import ClassVar

from services.contracts.ask import RemindersCommand
from services.contracts.reminders import Record

Place = tuple[int, int]
"""(clinic id, reminder id)"""


class RetimedReminder(Record, frozen=True, kw_only=True):
    """`local_due_at` as it is now; the same as before but for the offset, or else `due_at` is."""

    clinic_id: int
    id: int
    was: datetime
    becomes: datetime
    local_due_at: str


class ReplanReply(Record, frozen=True, kw_only=True):
    """`next` is where to go on; None when there is no more."""

    looked_at: int
    retimed: tuple[RetimedReminder, ...]
    next: Place | None = None


class ReplanReminders(RemindersCommand[ReplanReply], frozen=True, kw_only=True):
    """Compare what waits to be sent, after a place and in order, with the zones known here.

    What was planned for a time on the patient's clock stays at that time; what counts hours stays
    at its instant. What is under way or was sent is not touched.
    """

    timeout_seconds: ClassVar[float] = 30.0
    after: Place = (0, 0)
    limit: int = 500
    is_rehearsal: bool = False
