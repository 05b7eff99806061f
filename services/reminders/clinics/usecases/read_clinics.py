"""Clinics, as the service tells of them."""

from collections.abc import Sequence

from services.contracts.reminders import ClinicRecord, GetClinics, ListClinics
from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork


def get_clinics(
    uow: ClinicsUnitOfWork, asks: Sequence[GetClinics]
) -> list[tuple[ClinicRecord | None, ...]]:
    """Answer each ask in the order of its ids, with None for what is not there."""
    found = uow.clinics.get({number for ask in asks for number in ask.ids})
    return [tuple(found.get(number) for number in ask.ids) for ask in asks]


def list_clinics(
    uow: ClinicsUnitOfWork, asks: Sequence[ListClinics]
) -> list[tuple[ClinicRecord, ...]]:
    every = tuple(uow.clinics.every())
    return [every for _ in asks]
