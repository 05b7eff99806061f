"""Exports and erases what is stored about a patient. What identifies nobody is kept."""

from typing import Final

from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.privacy import ErasePatient, EraseReply, ExportPatient, PatientExport
from services.contracts.reminders import ListEnrollments
from services.contracts.words import Role
from services.reminders.core.key import Key
from services.reminders.enrollments.usecases.read_enrollments import enrollment_records
from services.reminders.patients.usecases.read_patients import patient_record
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork
from services.reminders.privacy.usecases.audit import find_patient_id


def erase_patient(uow: PrivacyUnitOfWork, command: ErasePatient) -> EraseReply:
    """Erase a patient. Repeating it erases what was stored since.

    A message that is being sent is not stopped. Repeating an earlier command restores nothing.
    """
    key = Key.within(command.scope, command.patient_id)
    if refusal := _obstacle(uow, command, key):
        return EraseReply.refused(refusal)
    by = command.scope.actor
    uow.announce_reminders(key.clinic_id, uow.erasure.end_care(key, by))
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


_ALL: Final = 10_000
"""More enrollments than a patient has."""


def export_patient(uow: PrivacyUnitOfWork, ask: ExportPatient) -> PatientExport | None:
    patient_id = find_patient_id(uow, ask.scope, ask.reference, ask.patient_id)
    if patient_id is None:
        return None
    key = Key.within(ask.scope, patient_id)
    patient = uow.patients.get([key])[key]
    listed = ListEnrollments(scope=ask.scope, patient_id=patient_id, first=_ALL)
    (enrollments,) = uow.enrollment_lists.of_patients([listed])
    return PatientExport(
        exported_at=uow.now(),
        clinic=patient.clinic.name,
        patient=patient_record(patient),
        former_addresses=tuple(uow.patient_archive.former_addresses(key)),
        consent_proofs=tuple(uow.patient_archive.consent_proofs(key)),
        enrollments=tuple(enrollment_records(uow, enrollments)),
        messages=tuple(uow.patient_archive.sent(key)),
        replies=tuple(uow.patient_archive.received(key)),
        check_ins=tuple(uow.patient_archive.check_ins(key)),
        tasks=tuple(uow.patient_archive.tasks(key)),
        escalations=tuple(uow.patient_archive.escalations(key)),
    )
