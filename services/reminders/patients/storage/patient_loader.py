"""Reads patients with their contact points, consents and suppressions: one query a table."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self

import msgspec
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import ConsentRecord, QuietHours, Scope
from services.contracts.words import Mode, SuppressionReason
from services.reminders.clinics.storage.clinics import clinic_record
from services.reminders.consent.storage.addresses_on_hold import AddressKey, awaiting_staff
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.windows import ZonesOf
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.precompiled import columns_of
from services.reminders.database.seal_contexts import address_indexes
from services.reminders.patients.domain.new_patient import NewContact
from services.reminders.patients.storage import patient_rows
from services.reminders.patients.storage.patient_rows import ADDRESS, OWNER, Row

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
    rows = patient_rows.suppressing()(connection, **columns_of("known", wanted, *ADDRESS))
    suppressions: defaultdict[AddressKey, Suppressions] = defaultdict(dict)
    for row in rows:
        suppressions[row.clinic_id, row.channel, row.address_index][row.reason] = row.since
    return suppressions


class PatientLoader:
    def __init__(self, connection: sa.Connection, vault: Vault, zones_of: ZonesOf) -> None:
        self._connection = connection
        self._vault = vault
        self._zones_of = zones_of

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
        return patient_rows.patients()(
            self._connection, **columns_of("want", wanted, "clinic_id", "mode", "id")
        )

    def _contacts(self, owners: Collection[Owner]) -> Mapping[Owner, list[ContactPoint]]:
        rows = patient_rows.contact_points()(self._connection, **columns_of("want", owners, *OWNER))
        addresses = [IndexedAddress.of_row(row, self._vault) for row in rows]
        sharing = self._sharing(addresses)
        suppressions = suppressions_by_address(self._connection, addresses)
        awaiting = awaiting_staff(self._connection, {address.clinic_id for address in addresses})
        contacts: defaultdict[Owner, list[ContactPoint]] = defaultdict(list)
        for row, address in zip(rows, addresses, strict=True):
            contacts[row.clinic_id, row.patient_id].append(
                ContactPoint(
                    id=row.id,
                    channel=row.channel,
                    address=address.text,
                    owner=row.owner,
                    verified_at=row.verified_at,
                    is_shared=sum(sharing[key] for key in address.shared_keys()) > 1,
                    suppressions=address.suppressions(suppressions),
                    awaits_staff=not awaiting.isdisjoint(address.keys()),
                )
            )
        return contacts

    def _sharing(self, addresses: Iterable[IndexedAddress]) -> Counter[tuple[int, Mode, bytes]]:
        """How many patients of a clinic and mode have an address, by its index."""
        wanted = {(address.clinic_id, index) for address in addresses for index in address.indexes}
        rows = patient_rows.shared()(self._connection, **columns_of("known", wanted, *ADDRESS))
        return Counter({(row[0], row[1], row[2]): row[3] for row in rows})

    def _consents(self, owners: Collection[Owner]) -> Mapping[Owner, list[Row]]:
        rows = patient_rows.ledger()(self._connection, **columns_of("want", owners, *OWNER))
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
        return Patient(
            id=row.id,
            clinic=its_clinic,
            mode=row.mode,
            reference=row.reference,
            display_name=sealed and self._vault.open_text(sealed, context=contexts.PATIENT_NAME),
            is_adult=row.is_adult,
            time_zone=row.time_zone or its_clinic.time_zone,
            is_zone_stated=row.time_zone is not None,
            region=row.region,
            locale=row.locale,
            channels=tuple(Channel(channel) for channel in row.channels),
            detail=row.detail,
            quiet_hours=QuietHours(start=row.quiet_start, end=row.quiet_end)
            if own_hours
            else its_clinic.quiet_hours,
            are_hours_stated=own_hours,
            paused_until=row.paused_until,
            contact_points=contacts,
            consents=consents,
            is_erased=row.erased_at is not None,
            number_zones=tuple(self._zones_of(phone.address)) if phone else (),
        )


def _with_current(newest_first: Sequence[Row]) -> tuple[ConsentRecord, ...]:
    """Mark the newest consent of each channel and purpose as the current one."""
    seen: set[tuple[str, str]] = set()
    records: list[ConsentRecord] = []
    for row in newest_first:
        key = (row.channel, row.purpose)
        records.append(_consent(row, is_current=key not in seen))
        seen.add(key)
    return tuple(records)


def _consent(row: Row, *, is_current: bool) -> ConsentRecord:
    return ConsentRecord(
        id=row.id,
        channel=row.channel,
        purpose=row.purpose,
        state=row.state,
        is_current=is_current,
        detail=row.detail,
        method=row.method,
        basis=row.basis,
        source=row.source,
        wording_version=row.wording_version,
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )
