from datetime import datetime

import msgspec

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import Priority
from services.reminders.core.reasons import Reason


class NewReminder(msgspec.Struct, frozen=True, kw_only=True):
    """A reminder to store.

    `decided` holds (code, detail) of each decision of planning, in order. `generation` counts the
    reminders of one step on one channel. Encoded names are those of the columns.
    """

    contact_point_id: int
    consent_id: int
    step_key: str
    step_kind: StepKind
    purpose: Purpose
    channel: Channel
    priority: Priority = msgspec.field(name="lane")
    state: ReminderStatus
    state_reason: Reason
    due_at: datetime
    useful_until: datetime
    local_due_at: str
    time_zone: str
    generation: int = msgspec.field(name="occasion", default=0)
    decided: tuple[tuple[Reason, str | None], ...]
