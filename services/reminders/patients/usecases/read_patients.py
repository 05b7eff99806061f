"""Patients as the API shows them: by id or reference, listed, or found by an address."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress

import msgspec

from services.contracts.catalog import Channel
from services.contracts.patients import ListPatients, PatientPage
from services.contracts.reminders import (
    ContactPointRecord,
    FindPatient,
    PatientRecord,
    Preferences,
    SuppressionRecord,
)
from services.contracts.words import Role
from services.reminders.addresses.phone_numbers import NotAnAddress, read_possible_phone
from services.reminders.addresses.reader import mask, read_email
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.structs import struct_from
from services.reminders.patients.domain.new_patient import Address
from services.reminders.patients.storage.unit_of_work import PatientsUnitOfWork


def get_patients(uow: PatientsUnitOfWork, keys: Collection[Key]) -> dict[Key, PatientRecord]:
    return {key: patient_record(patient) for key, patient in uow.patients.get(keys).items()}


def find_patients(
    uow: PatientsUnitOfWork, asks: Sequence[FindPatient]
) -> list[PatientRecord | None]:
    """Find the patient of each ask by its exact reference."""
    ids = uow.patients.referred([(ask.scope, ask.reference) for ask in asks])
    numbers = [ids.get((ask.scope.clinic_id, ask.scope.mode, ask.reference)) for ask in asks]
    keys = [
        None if number is None else Key.within(ask.scope, number)
        for ask, number in zip(asks, numbers, strict=True)
    ]
    patients = get_patients(uow, [key for key in keys if key])
    return [patients.get(key) if key else None for key in keys]


def record_for(role: Role, patient: Patient) -> PatientRecord:
    """Show what a role may see of a patient; anybody could hold a publishable key.

    Such a key sees nothing about addresses, not even its own input: whether one is shared or
    suppressed would reveal that somebody else is a patient here.
    """
    record = patient_record(patient)
    if role is not Role.FRONT_END:
        return record
    return msgspec.structs.replace(
        record,
        reference=None,
        display_name=None,
        phone=None,
        email=None,
        is_adult=None,
        region=None,
        contact_points=(),
        suppressions=(),
    )


def patient_record(patient: Patient) -> PatientRecord:
    phone, email = patient.contact(Channel.SMS), patient.contact(Channel.EMAIL)
    return struct_from(
        PatientRecord,
        patient,
        phone=phone.address if phone else None,
        email=email.address if email else None,
        contact_points=tuple(_contact(point) for point in patient.contact_points),
        time_zone_stated=patient.is_zone_stated,
        preferences=struct_from(Preferences, patient, quiet_hours=patient.stated_hours),
        suppressions=tuple(
            SuppressionRecord(channel=point.channel, reason=reason, since=since)
            for point in patient.contact_points
            for reason, since in point.suppressions.items()
        ),
    )


def _contact(point: ContactPoint) -> ContactPointRecord:
    return struct_from(
        ContactPointRecord,
        point,
        masked=mask(point.channel, point.address),
        suppressed=min(point.suppressions, default=None),
    )


def list_patients(uow: PatientsUnitOfWork, ask: ListPatients) -> PatientPage:
    """List patients, or find those of an exact reference, phone or email."""
    addresses = tuple(_addresses(uow, ask))
    numbers = uow.patients.page(ask, addresses)
    keys = [Key.within(ask.scope, number) for number in numbers[: ask.limit]]
    patients = uow.patients.get(keys)
    return PatientPage(
        items=tuple(patient_record(patients[key]) for key in keys if key in patients),
        has_more=len(numbers) > ask.limit,
    )


def _addresses(uow: PatientsUnitOfWork, ask: ListPatients) -> Iterator[Address]:
    """The addresses that the text may mean, in the form in which addresses are stored."""
    if ask.search is None:
        return
    clinic = uow.clinics.get([ask.scope.clinic_id]).get(ask.scope.clinic_id)
    if clinic is None:
        return
    with suppress(NotAnAddress):
        yield Channel.SMS, read_possible_phone(ask.search, country=clinic.country)
    with suppress(NotAnAddress):
        yield Channel.EMAIL, read_email(ask.search)
