"""Erases a patient's identity and texts, and keeps what identifies nobody."""

from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.events import ReminderChanged
from services.contracts.privacy import ErasePatient, EraseReply
from services.contracts.words import Role
from services.reminders.core.key import Key
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork


def erase_patient(uow: PrivacyUnitOfWork, command: ErasePatient) -> EraseReply:
    """Erase a patient. Repeating it erases what was stored since.

    A message that is being sent is not stopped. Repeating an earlier command restores nothing.
    """
    key = Key.within(command.scope, command.patient_id)
    if refusal := _obstacle(uow, command, key):
        return EraseReply.refused(refusal)
    by = command.scope.actor
    for reminder_id in uow.erasure.end_care(key, by):
        uow.announce(ReminderChanged(clinic_id=key.clinic_id, reminder_id=reminder_id))
    uow.personal_data.erase(key)
    uow.erasure.mark_erased(key, by, command.reason)
    return EraseReply(patient_id=key.id)


def _obstacle(uow: PrivacyUnitOfWork, command: ErasePatient, key: Key) -> Refusal | None:
    if command.scope.role is not Role.ADMIN:
        return refuse(UserErrorCode.NOT_ALLOWED, "Only an administrator may erase a patient.")
    if not command.reason.strip():
        return refuse(UserErrorCode.REQUIRED, "Say why, without naming the patient.", "reason")
    if not uow.erasure.lock(key):
        return not_found("patient")
    if uow.erasure.has_open_escalation(key):
        message = "An escalation is open, and its patient must be reached: resolve it first."
        return refuse(UserErrorCode.CONFLICT, message, "patient_id")
    return None
