"""What keeps a planned reminder waiting beyond its time, for whoever looks at it."""

from datetime import datetime
from typing import Final

import msgspec

from services.contracts.words import ReminderStatus
from services.reminders.domain.decisions import sentence
from services.reminders.domain.senders import Lack

_UNTIL_ITS_TIME: Final = frozenset({"PAUSED", "OUTSIDE_WINDOW", "DAILY_CAP", "SNOOZED"})
_UNTIL_SOMEBODY_ACTS: Final = frozenset({
    "HELD", "AWAITING_STAFF", "ENROLLMENT_PAUSED", "PLAN_WITHDRAWN", "PROCEDURE_UNCONFIRMED",
    *map(str, Lack),
})  # fmt: skip


class Holding(msgspec.Struct, frozen=True):
    """Why, and until when where that is known."""

    code: str
    text: str
    until: datetime | None


def holding(status: ReminderStatus, reason: str | None, due_at: datetime) -> Holding | None:
    """Read it off the decision that a reminder waits for; None when only its time has not come."""
    if status is not ReminderStatus.SCHEDULED or reason is None:
        return None
    if reason in _UNTIL_SOMEBODY_ACTS:
        return Holding(reason, sentence(reason, None), None)
    return Holding(reason, sentence(reason, None), due_at) if reason in _UNTIL_ITS_TIME else None
