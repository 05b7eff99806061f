"""Events that services publish. Any may be lost: listeners can rebuild their state by asking."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened."""


class ReleasePublished(Event, frozen=True, kw_only=True):
    version: str


class ReminderChanged(Event, frozen=True, kw_only=True):
    clinic_id: int
    reminder_id: int


class ClinicChanged(Event, frozen=True, kw_only=True):
    clinic_id: int


class EscalationChanged(Event, frozen=True, kw_only=True):
    clinic_id: int
    escalation_id: int


class TaskChanged(Event, frozen=True, kw_only=True):
    clinic_id: int
    task_id: int
