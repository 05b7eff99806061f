"""Reads clinics."""

from collections.abc import Sequence

from services.contracts.reminders import ClinicRecord, GetClinics, ListClinics
from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork


def get_clinics(
    uow: ClinicsUnitOfWork, asks: Sequence[GetClinics]
) -> list[tuple[ClinicRecord | None, ...]]:
    """Returns the clinics of each ask in the order of its ids, with None for unknown ids."""
    clinics = uow.clinics.get({clinic_id for ask in asks for clinic_id in ask.ids})
    return [tuple(clinics.get(clinic_id) for clinic_id in ask.ids) for ask in asks]


def list_clinics(
    uow: ClinicsUnitOfWork, asks: Sequence[ListClinics]
) -> list[tuple[ClinicRecord, ...]]:
    clinics = tuple(uow.clinics.all())
    return [clinics for _ in asks]
