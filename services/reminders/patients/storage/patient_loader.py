"""Reads patients with their contact points, consents and suppressions: one query a table."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, Self

import msgspec
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import ConsentRecord, QuietHours, Scope
from services.contracts.words import Mode, SuppressionReason
from services.reminders.addresses.phone_numbers import zones_of
from services.reminders.clinics.storage.clinics import clinic_record
from services.reminders.consent.storage.suppressions import AddressKey, awaiting_staff
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.precompiled import (
    Precompiled,
    columns_of,
    named,
    parameter,
    table_of,
)
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_indexes
from services.reminders.database.tables import clinic, consent, contact_point, patient, suppression
from services.reminders.patients.domain.new_patient import NewContact

Row = Any  # of one of these statements, with its columns by their names
OWNER: Final = ("clinic_id", "patient_id")
ADDRESS: Final = ("clinic_id", "address_index")


def _fixed(statement: sa.Select[*tuple[Any, ...]]) -> Precompiled[Row]:
    return Precompiled(statement, named(statement))


@cache
def locking() -> Precompiled[int]:
    return Precompiled(
        sa.select(patient.c.id)
        .where(
            patient.c.clinic_id == parameter("clinic_id", sa.BigInteger),
            patient.c.mode == parameter("mode", sa.Text),
            patient.c.id == parameter("id", sa.BigInteger),
            patient.c.erased_at.is_(None),
        )
        .with_for_update(key_share=True),
        int,
    )


@cache
def _patients() -> Precompiled[Row]:
    want = table_of("want", "clinic_id", "mode", "id")
    is_it = (
        (patient.c.clinic_id == want.c.clinic_id)
        & (patient.c.id == want.c.id)
        & (patient.c.mode == want.c.mode)
    )
    its_clinic = (column.label(f"its_clinic_{column.name}") for column in clinic.c)
    return _fixed(
        sa.select(patient, *its_clinic).select_from(
            want.join(patient, is_it).join(clinic, clinic.c.id == patient.c.clinic_id)
        )
    )


@cache
def _contact_points() -> Precompiled[Row]:
    want = table_of("want", *OWNER)
    return _fixed(
        sa.select(contact_point, patient.c.mode)
        .select_from(
            want.join(contact_point, _is_its(contact_point, want)).join(patient, _is_whose())
        )
        .where(contact_point.c.replaced_at.is_(None))
        .order_by(contact_point.c.id)
    )


@cache
def _ledger() -> Precompiled[Row]:
    want = table_of("want", *OWNER)
    return _fixed(
        sa.select(consent)
        .select_from(want.join(consent, _is_its(consent, want)))
        .order_by(consent.c.id.desc())
    )


@cache
def _shared() -> Precompiled[Row]:
    addresses = table_of("known", *ADDRESS)
    columns = (contact_point.c.clinic_id, patient.c.mode, contact_point.c.address_index)
    return _fixed(
        sa.select(*columns, sa.func.count().label("patients"))
        .select_from(
            addresses.join(contact_point, _has_address(contact_point, addresses)).join(
                patient, _is_whose()
            )
        )
        .where(contact_point.c.replaced_at.is_(None))
        .group_by(*columns)
    )


@cache
def _suppressing() -> Precompiled[Row]:
    addresses = table_of("known", *ADDRESS)
    return _fixed(
        sa.select(suppression)
        .select_from(addresses.join(suppression, _has_address(suppression, addresses)))
        .where(suppression.c.lifted_at.is_(None))
    )


def _is_its(table: sa.Table, want: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    return (table.c.clinic_id == want.c.clinic_id) & (table.c.patient_id == want.c.patient_id)


def _has_address(table: sa.Table, addresses: sa.TableValuedAlias) -> sa.ColumnElement[bool]:
    same_index = table.c.address_index == addresses.c.address_index
    return (table.c.clinic_id == addresses.c.clinic_id) & same_index


def _is_whose() -> sa.ColumnElement[bool]:
    same_clinic = patient.c.clinic_id == contact_point.c.clinic_id
    return same_clinic & (patient.c.id == contact_point.c.patient_id)


Owner = tuple[int, int]  # (clinic id, patient id)
Suppressions = dict[SuppressionReason, datetime]


class IndexedAddress(msgspec.Struct, frozen=True):
    """An address in the clear, with its index under every key, so that a new key hides no match."""

    clinic_id: int
    mode: Mode
    channel: Channel
    text: str
    indexes: tuple[bytes, ...]

    @classmethod
    def of_row(cls, row: Row, vault: Vault) -> Self:
        text = vault.open_text(row.address_sealed, context=contexts.ADDRESS)
        indexes = address_indexes(vault, row.channel, text)
        return cls(row.clinic_id, row.mode, row.channel, text, tuple(indexes))

    @classmethod
    def of_contact(cls, scope: Scope, contact: NewContact, vault: Vault) -> Self:
        indexes = address_indexes(vault, contact.channel, contact.address)
        return cls(scope.clinic_id, scope.mode, contact.channel, contact.address, tuple(indexes))

    def keys(self) -> set[AddressKey]:
        return {(self.clinic_id, self.channel, index) for index in self.indexes}

    def shared_keys(self) -> Iterable[tuple[int, Mode, bytes]]:
        return ((self.clinic_id, self.mode, index) for index in self.indexes)

    def suppressions(self, by_address: Mapping[AddressKey, Suppressions]) -> Suppressions:
        """Those of this address."""
        suppressions: Suppressions = {}
        for index in self.indexes:
            suppressions.update(by_address.get((self.clinic_id, self.channel, index), {}))
        return suppressions


def suppressions_by_address(
    connection: sa.Connection, addresses: Iterable[IndexedAddress]
) -> Mapping[AddressKey, Suppressions]:
    """Read the suppressions of addresses in each one's clinic."""
    wanted = {(address.clinic_id, index) for address in addresses for index in address.indexes}
    rows = _suppressing()(connection, **columns_of("known", wanted, *ADDRESS))
    suppressions: defaultdict[AddressKey, Suppressions] = defaultdict(dict)
    for row in rows:
        suppressions[row.clinic_id, row.channel, row.address_index][row.reason] = row.since
    return suppressions


class PatientLoader(Repository):
    def load(self, keys: Collection[Key]) -> Mapping[Key, Patient]:
        rows = self._rows(keys)
        owners = [(row.clinic_id, row.id) for row in rows]
        contacts = self._contacts(owners)
        consents = self._consents(owners)
        return {
            Key(row.clinic_id, row.mode, row.id): self._patient(
                row,
                tuple(contacts[row.clinic_id, row.id]),
                _with_current(consents[row.clinic_id, row.id]),
            )
            for row in rows
        }

    def _rows(self, keys: Collection[Key]) -> Sequence[Row]:
        wanted = {(key.clinic_id, str(key.mode), key.id) for key in keys}
        return _patients()(
            self._connection, **columns_of("want", wanted, "clinic_id", "mode", "id")
        )

    def _contacts(self, owners: Collection[Owner]) -> Mapping[Owner, list[ContactPoint]]:
        rows = _contact_points()(self._connection, **columns_of("want", owners, *OWNER))
        addresses = [IndexedAddress.of_row(row, self._vault) for row in rows]
        sharing = self._sharing(addresses)
        suppressions = suppressions_by_address(self._connection, addresses)
        awaiting = awaiting_staff(self._connection, {address.clinic_id for address in addresses})
        contacts: defaultdict[Owner, list[ContactPoint]] = defaultdict(list)
        for row, address in zip(rows, addresses, strict=True):
            contacts[row.clinic_id, row.patient_id].append(
                struct_from(
                    ContactPoint,
                    row,
                    address=address.text,
                    is_shared=sum(sharing[key] for key in address.shared_keys()) > 1,
                    suppressions=address.suppressions(suppressions),
                    awaits_staff=not awaiting.isdisjoint(address.keys()),
                )
            )
        return contacts

    def _sharing(self, addresses: Iterable[IndexedAddress]) -> Counter[tuple[int, Mode, bytes]]:
        """How many patients of a clinic and mode have an address, by its index."""
        wanted = {(address.clinic_id, index) for address in addresses for index in address.indexes}
        rows = _shared()(self._connection, **columns_of("known", wanted, *ADDRESS))
        return Counter({(row[0], row[1], row[2]): row[3] for row in rows})

    def _consents(self, owners: Collection[Owner]) -> Mapping[Owner, list[Row]]:
        rows = _ledger()(self._connection, **columns_of("want", owners, *OWNER))
        consents: defaultdict[Owner, list[Row]] = defaultdict(list)
        for row in rows:
            consents[row.clinic_id, row.patient_id].append(row)
        return consents

    def _patient(
        self,
        row: Row,
        contacts: tuple[ContactPoint, ...],
        consents: tuple[ConsentRecord, ...],
    ) -> Patient:
        sealed = row.name_sealed
        own_hours = row.quiet_start is not None
        its_clinic = clinic_record(row, prefix="its_clinic_")
        phone = next((contact for contact in contacts if contact.channel is Channel.SMS), None)
        return struct_from(
            Patient,
            row,
            clinic=its_clinic,
            display_name=sealed and self._vault.open_text(sealed, context=contexts.PATIENT_NAME),
            time_zone=row.time_zone or its_clinic.time_zone,
            is_zone_stated=row.time_zone is not None,
            channels=tuple(Channel(channel) for channel in row.channels),
            quiet_hours=QuietHours(start=row.quiet_start, end=row.quiet_end)
            if own_hours
            else its_clinic.quiet_hours,
            are_hours_stated=own_hours,
            contact_points=contacts,
            consents=consents,
            is_erased=row.erased_at is not None,
            number_zones=tuple(zones_of(phone.address)) if phone else (),
        )


def _with_current(newest_first: Sequence[Row]) -> tuple[ConsentRecord, ...]:
    """Mark the newest consent of each channel and purpose as the current one."""
    seen: set[tuple[str, str]] = set()
    records: list[ConsentRecord] = []
    for row in newest_first:
        key = (row.channel, row.purpose)
        records.append(struct_from(ConsentRecord, row, is_current=key not in seen))
        seen.add(key)
    return tuple(records)
