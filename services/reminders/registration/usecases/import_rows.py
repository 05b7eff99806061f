"""Imports a file row by row; a row that is sent twice is imported once."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.privacy import (
    LARGEST_BATCH,
    AuditKind,
    BatchReply,
    ImportJob,
    ImportKind,
    ImportRows,
    ListImportFaults,
    Row,
    RowFault,
    StartImport,
)
from services.contracts.words import Role
from services.reminders.addresses.phone_numbers import NotAnAddress
from services.reminders.addresses.reader import read_address
from services.reminders.core.importing import ImportedRow, ImportedSuppression, Outcome
from services.reminders.core.key import Key
from services.reminders.database.audit_log import AuditEntry
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.reminders.registration.usecases.import_columns import (
    NotAValue,
    header_fault,
    read_suppression,
)
from services.reminders.registration.usecases.import_patients import (
    import_patients,
    refused,
)

_NO_JOB: Final = "There is no such import."


def start_import(uow: RegistrationUnitOfWork, command: StartImport) -> ImportJob | Refusal:
    if command.scope.role is not Role.ADMIN:
        return refuse(UserErrorCode.NOT_ALLOWED, "Only an administrator may import.")
    if fault := header_fault(command.kind, command.columns):
        return refuse(UserErrorCode.INVALID, fault, "columns")
    if command.is_rehearsal:
        return ImportJob(id=None, done_through=0, added=0, known=0, refused=0)
    return uow.import_jobs.start(command)


def import_rows(uow: RegistrationUnitOfWork, command: ImportRows) -> BatchReply | Refusal:
    """Import rows; a row imported before is not imported again, and its outcome is repeated."""
    if command.scope.role is not Role.ADMIN:
        return refuse(UserErrorCode.NOT_ALLOWED, "Only an administrator may import.")
    if len(command.rows) > LARGEST_BATCH:
        return refuse(UserErrorCode.INVALID, f"Send at most {LARGEST_BATCH} rows at once.", "rows")
    if command.job_id is None:
        with uow.import_jobs.dry_run():
            return _reply(_import(uow, command, command.rows), {})
    key = Key.within(command.scope, command.job_id)
    if not uow.import_jobs.lock(key, command.kind):
        return refuse(UserErrorCode.NOT_FOUND, _NO_JOB, "job_id")
    before = uow.import_jobs.outcomes(key, [row.line for row in command.rows])
    new = _import(uow, command, [row for row in command.rows if row.line not in before])
    uow.import_jobs.record(key, new)
    _note(uow, command, new)
    return _reply(new, before)


def list_faults(uow: RegistrationUnitOfWork, ask: ListImportFaults) -> tuple[RowFault, ...]:
    key = Key.within(ask.scope, ask.job_id)
    return tuple(uow.import_jobs.faults(key, ask.after, ask.limit))


def _import(
    uow: RegistrationUnitOfWork, command: ImportRows, rows: Sequence[Row]
) -> list[ImportedRow]:
    if not rows:
        return []
    if command.kind is ImportKind.SUPPRESSIONS:
        return _import_suppressions(uow, command, rows)
    return import_patients(uow, command.scope, rows)


def _import_suppressions(
    uow: RegistrationUnitOfWork, command: ImportRows, rows: Sequence[Row]
) -> list[ImportedRow]:
    scope = command.scope
    clinic = uow.clinics.get([scope.clinic_id])[scope.clinic_id]
    imported: list[ImportedRow] = []
    read: list[ImportedSuppression] = []
    for row in rows:
        try:
            read.append(_read_suppression(uow, row, clinic.country))
        except NotAValue as unreadable:
            imported.append(refused(unreadable.fault(row.line)))
    added = uow.patient_batches.add_suppressions(scope.clinic_id, scope.actor, read)
    for suppression in read:
        outcome = Outcome.ADDED if suppression.line in added else Outcome.KNOWN
        imported.append(ImportedRow(line=suppression.line, outcome=outcome))
    return imported


def _read_suppression(uow: RegistrationUnitOfWork, row: Row, country: str) -> ImportedSuppression:
    suppression = read_suppression(row)
    since = suppression.since or uow.now()
    if since > uow.now():
        raise NotAValue("since", "This lies in the future.")
    try:
        address = read_address(suppression.channel, suppression.address, country=country)
    except NotAnAddress as fault:
        raise NotAValue("address", f"Not usable: {fault}.") from None
    return ImportedSuppression(
        row.line, msgspec.structs.replace(suppression, address=address, since=since)
    )


def _note(
    uow: RegistrationUnitOfWork, command: ImportRows, imported: Sequence[ImportedRow]
) -> None:
    scope = command.scope
    entries = [
        AuditEntry(
            clinic_id=scope.clinic_id,
            actor=scope.actor,
            role=str(scope.role),
            kind=AuditKind.CHANGE,
            action="ImportPatient",
            patient_id=row.patient_id,
            fields=("rows",),
        )
        for row in imported
        if row.patient_id is not None
    ]
    if entries:
        uow.audit.note(entries)


def _reply(imported: Sequence[ImportedRow], before: Mapping[int, Outcome]) -> BatchReply:
    outcomes = [row.outcome for row in imported] + list(before.values())
    return BatchReply(
        added=outcomes.count(Outcome.ADDED),
        known=outcomes.count(Outcome.KNOWN),
        faults=tuple(
            sorted((row.fault for row in imported if row.fault), key=lambda fault: fault.line)
        ),
    )
