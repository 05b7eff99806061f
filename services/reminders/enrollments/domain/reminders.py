"""Reminders and staff tasks: new ones, stored ones, and changes of those."""

from datetime import datetime

import msgspec

from services.contracts.catalog import Channel, Purpose, StepKind
from services.contracts.words import (
    Mode,
    ReminderStatus,
    TaskKind,
)
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


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    kind: TaskKind
    title: str
    step_key: str | None
    due_at: datetime | None


class StepTask(msgspec.Struct, frozen=True, kw_only=True):
    """A clinician's step."""

    id: int
    step_key: str
    due_at: datetime | None
    is_done: bool


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
