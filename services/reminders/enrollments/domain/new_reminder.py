from datetime import datetime

import msgspec

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import (
    ReminderStatus,
)
from services.reminders.core.outbound import Priority


class NewReminder(msgspec.Struct, frozen=True, kw_only=True):
    """`decided` holds (code, detail) of each decision of planning, in order."""

    contact_point_id: int
    consent_id: int
    step_key: str
    step_kind: StepKind
    purpose: Purpose
    channel: Channel
    lane: Priority
    state: ReminderStatus
    state_reason: str
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    time_zone: str
    occasion: int = 0
    decided: tuple[tuple[str, str | None], ...]
