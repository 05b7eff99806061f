"""Registers many patients at once, by the rules that a single registration obeys."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.privacy import Row, RowFault
from services.contracts.reminders import ClinicRecord, RegisterPatient, Scope
from services.reminders.core.importing import ImportedRow, Outcome
from services.reminders.enrollments.usecases.eligibility import (
    covered_countries,
    outside_coverage,
    suspended,
)
from services.reminders.patients.domain.new_patient import NewContact
from services.reminders.patients.usecases.patient_input import (
    ConsentRules,
    find_faults,
    read_contacts,
)
from services.reminders.registration.storage.patient_batches import PatientBatchRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.reminders.registration.usecases.import_columns import (
    NotAValue,
    fault_of,
    read_patient,
)
from services.reminders.registration.usecases.register_patient import new_consent, new_patient


class ReadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that could be read, with addresses as they are stored."""

    row: Row
    wanted: RegisterPatient
    contacts: tuple[NewContact, ...]


def import_patients(
    uow: RegistrationUnitOfWork, scope: Scope, rows: Sequence[Row]
) -> list[ImportedRow]:
    """Add patients; one whose reference is known already is not changed."""
    clinic = uow.clinics.get([scope.clinic_id])[scope.clinic_id]
    covered = covered_countries(uow, clinic)
    imported, read = _read(scope, rows, clinic)
    registered = uow.patients.referred(
        [(scope, item.wanted.reference) for item in read if item.wanted.reference]
    )
    known_references = {reference for _, _, reference in registered}
    opted_out = uow.patient_batches.opted_out(
        scope.clinic_id, [contact for item in read for contact in item.contacts]
    )
    accepted: list[ReadRow] = []
    for item in read:
        if item.wanted.reference in known_references:
            imported.append(ImportedRow(line=item.row.line, outcome=Outcome.KNOWN))
        elif refusal := _obstacle(item, clinic, covered, opted_out, accepted, now=uow.now()):
            imported.append(refused(fault_of(item.row.line, refusal)))
        else:
            accepted.append(item)
    return imported + (_add(uow.patient_batches, scope, clinic, accepted) if accepted else [])


def refused(fault: RowFault) -> ImportedRow:
    return ImportedRow(line=fault.line, outcome=Outcome.REFUSED, fault=fault)


def _read(
    scope: Scope, rows: Sequence[Row], clinic: ClinicRecord
) -> tuple[list[ImportedRow], list[ReadRow]]:
    refusals: list[ImportedRow] = []
    read: list[ReadRow] = []
    for row in rows:
        try:
            wanted = read_patient(scope, row)
        except NotAValue as unreadable:
            refusals.append(refused(unreadable.fault(row.line)))
            continue
        contacts, faults = read_contacts(wanted, clinic.country)
        if faults:
            refusals.append(refused(fault_of(row.line, faults[0])))
        else:
            read.append(ReadRow(row=row, wanted=wanted, contacts=contacts))
    return refusals, read


def _obstacle(
    item: ReadRow,
    clinic: ClinicRecord,
    covered: set[str],
    opted_out: Collection[tuple[Channel, str]],
    before: Sequence[ReadRow],
    *,
    now: datetime,
) -> Refusal | None:
    if refusal := suspended(clinic):
        return refusal
    wanted = item.wanted
    if any(other.wanted.reference == wanted.reference for other in before):
        message = "Another row has the same one."
        return refuse(UserErrorCode.CONFLICT, message, "reference")
    rules = ConsentRules(role=wanted.scope.role, country=clinic.country, now=now)
    faults = find_faults(wanted, item.contacts, rules)
    faults += outside_coverage(item.contacts, covered)
    if faults:
        return faults[0]
    consented = {consent.channel for consent in wanted.consents}
    addresses = {
        (point.channel, point.address) for point in item.contacts if point.channel in consented
    }
    if not addresses.isdisjoint(opted_out):
        message = "This address has opted out; only a message from it can undo that."
        return refuse(UserErrorCode.OPTED_OUT, message, "consents")
    return None


def _add(
    batches: PatientBatchRepository, scope: Scope, clinic: ClinicRecord, accepted: Sequence[ReadRow]
) -> list[ImportedRow]:
    numbers = batches.add_patients(
        scope, [new_patient(item.wanted, item.contacts, clinic) for item in accepted]
    )
    owners = [(numbers[item.wanted.reference or ""], item) for item in accepted]
    points = batches.add_contacts(
        scope, [(number, contact) for number, item in owners for contact in item.contacts]
    )
    batches.add_consents(
        scope,
        [
            new_consent(item.wanted, consent, number, _points_of(number, points))
            for number, item in owners
            for consent in item.wanted.consents
        ],
    )
    return [
        ImportedRow(line=item.row.line, outcome=Outcome.ADDED, patient_id=number)
        for number, item in owners
    ]


def _points_of(number: int, points: Mapping[tuple[int, Channel], int]) -> dict[Channel, int]:
    ids = ((channel, points.get((number, channel))) for channel in Channel)
    return {channel: id_ for channel, id_ in ids if id_ is not None}
