"""Forgets who a patient is and what was said, and keeps what names nobody."""

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.privacy import ErasePatient, EraseReply
from services.contracts.words import Role
from services.reminders.core.key import Key
from services.reminders.core.refusing import refuse
from services.reminders.privacy.storage.erasing import PatientFile
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork


def erase_patient(uow: PrivacyUnitOfWork, command: ErasePatient) -> EraseReply:
    """Erase; again, it forgets what has come since.

    What is in flight ends as it may: its text has left already. No reply, and no repeat of an
    earlier command, brings anything back.
    """
    key = Key.within(command.scope, command.patient_id)
    if refusal := _obstacle(uow.patient_file, command, key):
        return EraseReply(refusals=(refusal,))
    by = command.scope.actor
    for number in uow.patient_file.end(key, by):
        uow.announce(ReminderChanged(clinic_id=key.clinic_id, reminder_id=number))
    uow.patient_file.forget(key)
    uow.patient_file.seal_off(key, by, command.reason)
    return EraseReply(patient_id=key.id)


def _obstacle(file: PatientFile, command: ErasePatient, key: Key) -> Refusal | None:
    if command.scope.role is not Role.ADMIN:
        return refuse(UserErrorCode.NOT_ALLOWED, "Only an administrator may erase a patient.")
    if not command.reason.strip():
        return refuse(UserErrorCode.REQUIRED, "Say why, without naming the patient.", "reason")
    if not file.hold(key):
        return refuse(UserErrorCode.NOT_FOUND, "There is no such patient.", "patient_id")
    if file.is_in_danger(key):
        message = "An escalation is open, and its patient must be reached: resolve it first."
        return refuse(UserErrorCode.CONFLICT, message, "patient_id")
    return None
