"""Clinics, as the service tells of them."""

from collections.abc import Sequence

from services.contracts.reminders import ClinicRecord, GetClinics, ListClinics
from services.reminders.core.books import Books


def get_clinics(books: Books, asks: Sequence[GetClinics]) -> list[tuple[ClinicRecord | None, ...]]:
    """Answer each ask in the order of its ids, with None for what is not there."""
    found = books.clinics.get({number for ask in asks for number in ask.ids})
    return [tuple(found.get(number) for number in ask.ids) for ask in asks]


def list_clinics(books: Books, asks: Sequence[ListClinics]) -> list[tuple[ClinicRecord, ...]]:
    every = tuple(books.clinics.every())
    return [every for _ in asks]
