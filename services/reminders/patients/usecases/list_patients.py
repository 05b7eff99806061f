"""Lists patients, or finds those of an exact reference, phone or email."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Protocol

from services.contracts.catalog import Channel
from services.contracts.patients import ListPatients, PatientPage
from services.reminders.core.books import Books, Key
from services.reminders.core.contacts import AddressReader, NotAnAddress
from services.reminders.patients.usecases.read_patients import patient_record

Address = tuple[Channel, str]


class PatientLists(Protocol):
    def page(self, ask: ListPatients, addresses: Sequence[Address]) -> Sequence[int]:
        """Find ids, newest first, with one more where there are further ones.

        A search looks for its text as a reference, and for the addresses it may be.
        """
        ...


def list_patients(
    books: Books, lists: PatientLists, asks: Sequence[ListPatients], *, reader: AddressReader
) -> list[PatientPage]:
    return [_page(books, lists, ask, reader) for ask in asks]


def _page(
    books: Books, lists: PatientLists, ask: ListPatients, reader: AddressReader
) -> PatientPage:
    addresses = tuple(_addresses(books, ask, reader))
    numbers = lists.page(ask, addresses)
    keys = [Key.within(ask.scope, number) for number in numbers[: ask.limit]]
    found = books.patients.get(keys)
    return PatientPage(
        items=tuple(patient_record(found[key]) for key in keys if key in found),
        has_more=len(numbers) > ask.limit,
    )


def _addresses(books: Books, ask: ListPatients, reader: AddressReader) -> Iterator[Address]:
    """What the text may be an address of, in the form that addresses are stored in."""
    if ask.search is None:
        return
    clinic = books.clinics.get([ask.scope.clinic_id]).get(ask.scope.clinic_id)
    if clinic is None:
        return
    with suppress(NotAnAddress):
        yield Channel.SMS, reader.phone(ask.search, country=clinic.country)
    with suppress(NotAnAddress):
        yield Channel.EMAIL, reader.email(ask.search)
