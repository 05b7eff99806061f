"""Lists patients, or finds those of an exact reference, phone or email."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from services.contracts.catalog import Channel
from services.contracts.patients import ListPatients, PatientPage
from services.reminders.addresses.reader import read_email, read_phone
from services.reminders.core.contacts import NotAnAddress
from services.reminders.core.key import Key
from services.reminders.patients.domain.address import Address
from services.reminders.patients.storage.unit_of_work import PatientsUnitOfWork
from services.reminders.patients.usecases.read_patients import patient_record


def list_patients(
    uow: PatientsUnitOfWork,
    asks: Sequence[ListPatients],
) -> list[PatientPage]:
    return [_page(uow, ask) for ask in asks]


def _page(uow: PatientsUnitOfWork, ask: ListPatients) -> PatientPage:
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
        yield Channel.SMS, read_phone(ask.search, country=clinic.country)
    with suppress(NotAnAddress):
        yield Channel.EMAIL, read_email(ask.search)
