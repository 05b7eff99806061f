"""A reminder as it is stored, and the decisions taken about it."""

from datetime import datetime

import msgspec

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import Mode, ReminderStatus


class Decision(msgspec.Struct, frozen=True):
    """A recorded decision."""

    at: datetime
    code: str
    detail: str | None


class StoredReminder(msgspec.Struct, frozen=True, kw_only=True):
    """`text` and `subject` are set when an attempt begins: exactly what was sent."""

    clinic_id: int
    mode: Mode
    id: int
    enrollment_id: int
    patient_id: int
    plan_version_id: int
    step_key: str
    kind: StepKind
    purpose: Purpose
    channel: Channel
    status: ReminderStatus
    status_reason: str | None
    due_at: datetime
    local_due_at: str
    time_zone: str
    useful_until: datetime
    attempts: int
    subject: str | None
    text: str | None
    merged_into: int | None = None
    procedure_at: datetime
    procedure_ended_at: datetime | None
