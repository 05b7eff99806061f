"""Alerts staff about texts that nobody has read in time."""

from zoneinfo import ZoneInfo

from services.reminders.check_ins.domain.escalation import UnreadTask
from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.check_ins.usecases.deadlines import acute_at, key_of
from services.reminders.check_ins.usecases.raise_escalation import (
    raise_escalation,
    unread_escalation,
)
from services.reminders.core.key import Key
from services.reminders.core.windows import NoSuchZone, zone_named
from services.reminders.enrollments.domain.enrollment import Enrollment


def escalate_unread(uow: CheckInsUnitOfWork) -> int:
    """Open an escalation, once, for each task about a text that is still open when it is due."""
    tasks = uow.due_timers.unread()
    for task in tasks:
        for enrollment in _acute(uow, task):
            _raise(uow, task, enrollment)
    return len(tasks)


def _acute(uow: CheckInsUnitOfWork, task: UnreadTask) -> list[Enrollment]:
    """The enrollments in whose acute days the text came, at most one for each patient."""
    enrollments: list[Enrollment] = []
    for key in _patients(uow, task):
        acute = acute_at(uow, uow.enrollments.active(key), task.opened_at)
        enrollments += acute[-1:]
    return enrollments


def _patients(uow: CheckInsUnitOfWork, task: UnreadTask) -> list[Key]:
    if task.patient_id is not None:
        return [Key(task.clinic_id, task.mode, task.patient_id)]
    if task.inbound_id is None:
        return []
    return [key_of(owner) for owner in uow.recent_texts.owners_of(task.clinic_id, task.inbound_id)]


def _raise(uow: CheckInsUnitOfWork, task: UnreadTask, enrollment: Enrollment) -> None:
    """Open an escalation, unless somebody has acknowledged one since the text came in."""
    opened = uow.open_escalations.lock(enrollment.clinic_id, enrollment.id)
    at = None if opened is None else opened.acknowledged_at
    if at is not None and at >= task.opened_at:
        return
    patient = uow.patients.get([enrollment.patient_key])[enrollment.patient_key]
    reason = _reason(task, patient.clinic.time_zone)
    raise_escalation(uow, unread_escalation(enrollment, patient, task.inbound_id, reason))


def _reason(task: UnreadTask, zone_name: str) -> str:
    shared = "" if task.patient_id is not None else " Several patients share the phone."
    at = task.opened_at.astimezone(_zone(zone_name))
    return f"Nobody has read in time what the patient wrote on {at:%Y-%m-%d at %H:%M}.{shared}"


def _zone(name: str) -> ZoneInfo:
    try:
        return zone_named(name)
    except NoSuchZone:
        return ZoneInfo("UTC")
