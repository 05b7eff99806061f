"""Everything that is kept about a patient, for the patient to have."""

from collections.abc import Sequence
from typing import Final, Protocol

from services.contracts.privacy import (
    CheckInAnswer,
    ConsentProof,
    EscalationNote,
    ExportPatient,
    FormerAddress,
    MessageReceived,
    MessageSent,
    PatientExport,
    TaskNote,
)
from services.contracts.reminders import ListEnrollments
from services.reminders.core.books import Books, Key
from services.reminders.enrollments.usecases.read_enrollments import enrollment_records
from services.reminders.patients.usecases.read_patients import patient_record
from services.reminders.privacy.usecases.audit import found_patient

_MORE_THAN_ANYBODY_HAS: Final = 10_000


class Archive(Protocol):
    """What lies about a patient beside the patient's own row; oldest first."""

    def former_addresses(self, key: Key) -> Sequence[FormerAddress]: ...
    def consent_proofs(self, key: Key) -> Sequence[ConsentProof]: ...
    def sent(self, key: Key) -> Sequence[MessageSent]: ...
    def received(self, key: Key) -> Sequence[MessageReceived]: ...
    def check_ins(self, key: Key) -> Sequence[CheckInAnswer]: ...
    def tasks(self, key: Key) -> Sequence[TaskNote]: ...
    def escalations(self, key: Key) -> Sequence[EscalationNote]: ...


def export_patients(
    books: Books, archive: Archive, asks: Sequence[ExportPatient]
) -> list[PatientExport | None]:
    return [_export(books, archive, ask) for ask in asks]


def _export(books: Books, archive: Archive, ask: ExportPatient) -> PatientExport | None:
    number = found_patient(books, ask.scope, ask.reference, ask.patient_id)
    if number is None:
        return None
    key = Key.within(ask.scope, number)
    patient = books.patients.get([key])[key]
    listed = ListEnrollments(scope=ask.scope, patient_id=number, first=_MORE_THAN_ANYBODY_HAS)
    (enrollments,) = books.enrollments.pages([listed])
    return PatientExport(
        exported_at=books.now(),
        clinic=patient.clinic.name,
        patient=patient_record(patient),
        former_addresses=tuple(archive.former_addresses(key)),
        consent_proofs=tuple(archive.consent_proofs(key)),
        enrollments=tuple(enrollment_records(books, enrollments)),
        messages=tuple(archive.sent(key)),
        replies=tuple(archive.received(key)),
        check_ins=tuple(archive.check_ins(key)),
        tasks=tuple(archive.tasks(key)),
        escalations=tuple(archive.escalations(key)),
    )
