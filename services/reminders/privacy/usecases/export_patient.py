"""Exports everything that is stored about a patient."""

from collections.abc import Sequence
from typing import Final

from services.contracts.privacy import ExportPatient, PatientExport
from services.contracts.reminders import ListEnrollments
from services.reminders.core.key import Key
from services.reminders.enrollments.usecases.read_enrollments import enrollment_records
from services.reminders.patients.usecases.read_patients import patient_record
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork
from services.reminders.privacy.usecases.audit import find_patient_id

_ALL: Final = 10_000
"""More enrollments than a patient has."""


def export_patients(
    uow: PrivacyUnitOfWork, asks: Sequence[ExportPatient]
) -> list[PatientExport | None]:
    return [_export(uow, ask) for ask in asks]


def _export(uow: PrivacyUnitOfWork, ask: ExportPatient) -> PatientExport | None:
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
