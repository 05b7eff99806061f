"""Takes in a file row by row, each once, however often it is sent."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
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
from services.reminders.addresses.reader import read_email, read_phone
from services.reminders.core.audit import AuditEntry
from services.reminders.core.contacts import NotAnAddress
from services.reminders.core.importing import Outcome
from services.reminders.core.key import Key
from services.reminders.core.refusing import refuse
from services.reminders.registration.domain.importing import ImportedRow, ImportedSuppression
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
    """What the job has dealt with before is told again, and not done again."""
    if command.scope.role is not Role.ADMIN:
        return refuse(UserErrorCode.NOT_ALLOWED, "Only an administrator may import.")
    if len(command.rows) > LARGEST_BATCH:
        return refuse(UserErrorCode.INVALID, f"Send at most {LARGEST_BATCH} rows at once.", "rows")
    if command.job_id is None:
        with uow.import_jobs.dry_run():
            return _reply(_handle(uow, command, command.rows), {})
    key = Key.within(command.scope, command.job_id)
    if not uow.import_jobs.lock(key, command.kind):
        return refuse(UserErrorCode.NOT_FOUND, _NO_JOB, "job_id")
    before = uow.import_jobs.outcomes(key, [row.line for row in command.rows])
    new = _handle(uow, command, [row for row in command.rows if row.line not in before])
    uow.import_jobs.record(key, new)
    _note(uow, command, new)
    return _reply(new, before)


def list_faults(
    uow: RegistrationUnitOfWork, asks: Sequence[ListImportFaults]
) -> list[tuple[RowFault, ...]]:
    return [
        tuple(uow.import_jobs.faults(Key.within(ask.scope, ask.job_id), ask.after, ask.limit))
        for ask in asks
    ]


def _handle(
    uow: RegistrationUnitOfWork, command: ImportRows, rows: Sequence[Row]
) -> list[ImportedRow]:
    if not rows:
        return []
    if command.kind is ImportKind.SUPPRESSIONS:
        return _bar(uow, command, rows)
    return import_patients(uow, command.scope, rows)


def _bar(
    uow: RegistrationUnitOfWork, command: ImportRows, rows: Sequence[Row]
) -> list[ImportedRow]:
    scope = command.scope
    clinic = uow.clinics.get([scope.clinic_id])[scope.clinic_id]
    handled: list[ImportedRow] = []
    barred: list[ImportedSuppression] = []
    for row in rows:
        try:
            barred.append(_barred(uow, row, clinic.country))
        except NotAValue as fault:
            handled.append(refused(row, fault))
    added = uow.patient_batches.add_suppressions(scope.clinic_id, scope.actor, barred)
    for one in barred:
        outcome = Outcome.ADDED if one.line in added else Outcome.KNOWN
        handled.append(ImportedRow(line=one.line, outcome=outcome))
    return handled


def _barred(uow: RegistrationUnitOfWork, row: Row, country: str) -> ImportedSuppression:
    given = read_suppression(row)
    since = given.since or uow.now()
    if since > uow.now():
        raise NotAValue("since", "This lies in the future.")
    try:
        address = (
            read_email(given.address)
            if given.channel is Channel.EMAIL
            else read_phone(given.address, country=country)
        )
    except NotAnAddress as fault:
        raise NotAValue("address", f"Not usable: {fault}.") from None
    return ImportedSuppression(
        row.line, msgspec.structs.replace(given, address=address, since=since)
    )


def _note(uow: RegistrationUnitOfWork, command: ImportRows, handled: Sequence[ImportedRow]) -> None:
    scope = command.scope
    entries = [
        AuditEntry(
            clinic_id=scope.clinic_id,
            actor=scope.actor,
            role=str(scope.role),
            kind=AuditKind.CHANGE,
            action="ImportPatient",
            patient_id=one.patient_id,
            fields=("rows",),
        )
        for one in handled
        if one.patient_id is not None
    ]
    if entries:
        uow.audit.note(entries)


def _reply(handled: Sequence[ImportedRow], before: Mapping[int, Outcome]) -> BatchReply:
    outcomes = [one.outcome for one in handled] + list(before.values())
    return BatchReply(
        added=outcomes.count(Outcome.ADDED),
        known=outcomes.count(Outcome.KNOWN),
        faults=tuple(
            sorted((one.fault for one in handled if one.fault), key=lambda fault: fault.line)
        ),
    )
