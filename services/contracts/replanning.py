"""Correcting reminders after the rules of a time zone have changed."""

from datetime import datetime
from typing import ClassVar

from services.contracts.ask import RemindersCommand
from services.contracts.reminders import Record

Place = tuple[int, int]
"""(clinic id, reminder id)"""


class RetimedReminder(Record, frozen=True, kw_only=True):
    """A corrected reminder. Either its local time or its instant has stayed the same."""

    clinic_id: int
    id: int
    was: datetime
    becomes: datetime
    local_due_at: str


class ReplanReply(Record, frozen=True, kw_only=True):
    """`next` is where to continue, or None at the end."""

    looked_at: int
    retimed: tuple[RetimedReminder, ...]
    next: Place | None = None


class ReplanReminders(RemindersCommand[ReplanReply], frozen=True, kw_only=True):
    """Check a batch of waiting reminders, after a place, against the current zones.

    Reminders at a local time of the patient keep that time; those that count hours keep their
    instant. Reminders that are being sent or were sent do not change.
    """

    timeout_seconds: ClassVar[float] = 30.0
    after: Place = (0, 0)
    limit: int = 500
    is_rehearsal: bool = False
