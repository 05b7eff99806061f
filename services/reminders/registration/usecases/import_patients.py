"""Registers many patients at once, by the rules that a single registration obeys."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import msgspec

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.privacy import Row, RowFault
from services.contracts.reminders import ClinicRecord, RegisterPatient, Scope
from services.reminders.core.importing import Outcome
from services.reminders.core.refusing import refuse
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
from services.reminders.registration.domain.importing import ImportedRow
from services.reminders.registration.storage.patient_batches import PatientBatchRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.reminders.registration.usecases.import_columns import (
    NotAValue,
    fault_of,
    read_patient,
)
from services.reminders.registration.usecases.register_patient import new_consent, new_patient


class Newcomer(msgspec.Struct, frozen=True, kw_only=True):
    """A row that can be read, with addresses as they are stored."""

    row: Row
    wanted: RegisterPatient
    contacts: tuple[NewContact, ...]


def import_patients(
    uow: RegistrationUnitOfWork, scope: Scope, rows: Sequence[Row]
) -> list[ImportedRow]:
    """A patient who is there already, by reference, stays as they are."""
    clinic = uow.clinics.get([scope.clinic_id])[scope.clinic_id]
    covered = covered_countries(uow, clinic)
    handled, read = _read(scope, rows, clinic)
    known = uow.patients.referred(
        [(scope, one.wanted.reference) for one in read if one.wanted.reference]
    )
    there = {reference for _, _, reference in known}
    barred = uow.patient_batches.opted_out(
        scope.clinic_id, [contact for one in read for contact in one.contacts]
    )
    fit: list[Newcomer] = []
    for one in read:
        if one.wanted.reference in there:
            handled.append(ImportedRow(line=one.row.line, outcome=Outcome.KNOWN))
        elif refusal := _obstacle(one, clinic, covered, barred, fit, now=uow.now()):
            fault = fault_of(one.row.line, refusal)
            handled.append(ImportedRow(line=fault.line, outcome=Outcome.REFUSED, fault=fault))
        else:
            fit.append(one)
    return handled + (_add(uow.patient_batches, scope, clinic, fit) if fit else [])


def refused(row: Row, fault: NotAValue) -> ImportedRow:
    told = RowFault(line=row.line, column=fault.column, reason=fault.reason)
    return ImportedRow(line=row.line, outcome=Outcome.REFUSED, fault=told)


def _read(
    scope: Scope, rows: Sequence[Row], clinic: ClinicRecord
) -> tuple[list[ImportedRow], list[Newcomer]]:
    handled: list[ImportedRow] = []
    read: list[Newcomer] = []
    for row in rows:
        try:
            wanted = read_patient(scope, row)
        except NotAValue as fault:
            handled.append(refused(row, fault))
            continue
        contacts, faults = read_contacts(wanted, clinic.country)
        if faults:
            told = fault_of(row.line, faults[0])
            handled.append(ImportedRow(line=row.line, outcome=Outcome.REFUSED, fault=told))
        else:
            read.append(Newcomer(row=row, wanted=wanted, contacts=contacts))
    return handled, read


def _obstacle(
    one: Newcomer,
    clinic: ClinicRecord,
    covered: set[str],
    barred: Collection[tuple[Channel, str]],
    before: Sequence[Newcomer],
    *,
    now: datetime,
) -> Refusal | None:
    if refusal := suspended(clinic):
        return refusal
    wanted = one.wanted
    if any(other.wanted.reference == wanted.reference for other in before):
        message = "Another row has the same one."
        return refuse(UserErrorCode.CONFLICT, message, "reference")
    rules = ConsentRules(role=wanted.scope.role, country=clinic.country, now=now)
    faults = find_faults(wanted, one.contacts, rules)
    faults += outside_coverage(one.contacts, covered)
    if faults:
        return faults[0]
    consented = {consent.channel for consent in wanted.consents}
    addresses = {
        (point.channel, point.address) for point in one.contacts if point.channel in consented
    }
    if not addresses.isdisjoint(barred):
        message = "This address has opted out; only a message from it can undo that."
        return refuse(UserErrorCode.OPTED_OUT, message, "consents")
    return None


def _add(
    batches: PatientBatchRepository, scope: Scope, clinic: ClinicRecord, fit: Sequence[Newcomer]
) -> list[ImportedRow]:
    numbers = batches.add_patients(
        scope, [new_patient(one.wanted, one.contacts, clinic) for one in fit]
    )
    owners = [(numbers[one.wanted.reference or ""], one) for one in fit]
    points = batches.add_contacts(
        scope, [(number, contact) for number, one in owners for contact in one.contacts]
    )
    batches.add_consents(
        scope,
        [
            new_consent(one.wanted, consent, number, _points_of(number, points))
            for number, one in owners
            for consent in one.wanted.consents
        ],
    )
    return [
        ImportedRow(line=one.row.line, outcome=Outcome.ADDED, patient_id=number)
        for number, one in owners
    ]


def _points_of(number: int, points: Mapping[tuple[int, Channel], int]) -> dict[Channel, int]:
    found = ((channel, points.get((number, channel))) for channel in Channel)
    return {channel: point for channel, point in found if point is not None}
