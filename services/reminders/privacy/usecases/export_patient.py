"""Everything that is kept about a patient, for the patient to have."""

from collections.abc import Sequence
from typing import Final

from services.contracts.privacy import (
    ExportPatient,
    PatientExport,
)
from services.contracts.reminders import ListEnrollments
from services.reminders.core.key import Key
from services.reminders.enrollments.usecases.read_enrollments import enrollment_records
from services.reminders.patients.usecases.read_patients import patient_record
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork
from services.reminders.privacy.usecases.audit import found_patient

_MORE_THAN_ANYBODY_HAS: Final = 10_000


def export_patients(
    uow: PrivacyUnitOfWork, asks: Sequence[ExportPatient]
) -> list[PatientExport | None]:
    return [_export(uow, ask) for ask in asks]


def _export(uow: PrivacyUnitOfWork, ask: ExportPatient) -> PatientExport | None:
    number = found_patient(uow, ask.scope, ask.reference, ask.patient_id)
    if number is None:
        return None
    key = Key.within(ask.scope, number)
    patient = uow.patients.get([key])[key]
    listed = ListEnrollments(scope=ask.scope, patient_id=number, first=_MORE_THAN_ANYBODY_HAS)
    (enrollments,) = uow.enrollment_lists.of_patients([listed])
    return PatientExport(
        exported_at=uow.now(),
        clinic=patient.clinic.name,
        patient=patient_record(patient),
        former_addresses=tuple(uow.archive.former_addresses(key)),
        consent_proofs=tuple(uow.archive.consent_proofs(key)),
        enrollments=tuple(enrollment_records(uow, enrollments)),
        messages=tuple(uow.archive.sent(key)),
        replies=tuple(uow.archive.received(key)),
        check_ins=tuple(uow.archive.check_ins(key)),
        tasks=tuple(uow.archive.tasks(key)),
        escalations=tuple(uow.archive.escalations(key)),
    )
