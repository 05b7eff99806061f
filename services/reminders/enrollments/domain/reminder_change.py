from datetime import datetime

import msgspec

from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason


class Retimed(msgspec.Struct, frozen=True, kw_only=True):
    """`decided` holds (code, detail) of each decision, in order; the last code is the reason."""

    id: int
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    time_zone: str
    decided: tuple[tuple[Reason, str | None], ...]


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    state: ReminderStatus
    code: Reason
