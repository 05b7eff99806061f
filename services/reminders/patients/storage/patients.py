"""Patients with their contact points, consents and suppressions; one query for each table."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import ConsentRecord, QuietHours, Scope
from services.contracts.words import Mode, SuppressionReason
from services.reminders.clinics.storage.clinics import clinic_record
from services.reminders.consent.storage.addresses_on_hold import AddressKey, awaiting_staff
from services.reminders.core.key import Key, Referred
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.windows import ZonesOf, no_zones
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_index, address_indexes
from services.reminders.database.reference_claims import claim
from services.reminders.database.tables import consent, contact_point, patient
from services.reminders.database.unnest import columns_of
from services.reminders.patients.domain.new_patient import NewConsent, NewContact, NewPatient
from services.reminders.patients.storage import patient_rows
from services.reminders.patients.storage.patient_rows import KNOWN, OWNER, Row

Owner = tuple[int, int]  # (clinic id, patient id)


class PatientRepository:
    def __init__(
        self, connection: sa.Connection, vault: Vault, zones_of: ZonesOf = no_zones
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._zones_of = zones_of

    def add(self, scope: Scope, new: NewPatient) -> int:
        return self._connection.execute(
            sa.insert(patient)
            .values(**patient_values(self._vault, scope, new), created_at=product_now)
            .returning(patient.c.id)
        ).scalar_one()

    def add_contact(self, scope: Scope, patient_id: int, contact: NewContact) -> int:
        return self._connection.execute(
            sa.insert(contact_point)
            .values(
                **contact_values(self._vault, scope, patient_id, contact), created_at=product_now
            )
            .returning(contact_point.c.id)
        ).scalar_one()

    def standing(
        self, scope: Scope, contacts: Collection[NewContact]
    ) -> Mapping[Channel, Collection[SuppressionReason]]:
        """Find what suppressions stand for addresses, whoever has them."""
        addresses = [
            _Address(
                clinic_id=scope.clinic_id,
                mode=scope.mode,
                channel=one.channel,
                text=one.address,
                indexes=tuple(address_indexes(self._vault, one.channel, one.address)),
            )
            for one in contacts
        ]
        standing = self._standing(addresses)
        return {address.channel: address.suppressions(standing) for address in addresses}

    def lock(self, key: Key) -> bool:
        """Hold a patient until the transaction ends; False when there is none, or none any more."""
        return bool(
            patient_rows.locking()(
                self._connection, clinic_id=key.clinic_id, mode=str(key.mode), id=key.id
            )
        )

    def claim_reference(self, scope: Scope, reference: str) -> int | None:
        """Find who has a reference; whoever else claims it waits for the transaction to end."""
        claim(self._connection, "patient", scope, reference)
        return next(iter(self.referred([(scope, reference)]).values()), None)

    def referred(self, references: Collection[tuple[Scope, str]]) -> Mapping[Referred, int]:
        """Find ids by references, each within its scope."""
        wanted = [(scope.clinic_id, scope.mode.value, text) for scope, text in references]
        columns = (patient.c.clinic_id, patient.c.mode, patient.c.reference)
        rows = self._connection.execute(
            sa.select(*columns, patient.c.id).where(sa.tuple_(*columns).in_(wanted))
        )
        return {(row.clinic_id, row.mode, row.reference): row.id for row in rows}

    def get(self, keys: Collection[Key]) -> Mapping[Key, Patient]:
        if not keys:
            return {}
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
        addresses = [_Address.of(row, self._vault) for row in rows]
        sharing = self._sharing(addresses)
        standing = self._standing(addresses)
        awaiting = awaiting_staff(self._connection, {one.clinic_id for one in addresses})
        found: defaultdict[Owner, list[ContactPoint]] = defaultdict(list)
        for row, address in zip(rows, addresses, strict=True):
            found[row.clinic_id, row.patient_id].append(
                ContactPoint(
                    id=row.id,
                    channel=row.channel,
                    address=address.text,
                    owner=row.owner,
                    verified_at=row.verified_at,
                    is_shared=sum(sharing[key] for key in address.shared_keys()) > 1,
                    suppressions=address.suppressions(standing),
                    awaits_staff=not awaiting.isdisjoint(address.keys()),
                )
            )
        return found

    def _sharing(self, addresses: Iterable["_Address"]) -> Counter[tuple[int, Mode, bytes]]:
        """How many patients of a clinic and mode have an address, by its index."""
        wanted = {(one.clinic_id, index) for one in addresses for index in one.indexes}
        rows = patient_rows.shared()(self._connection, **columns_of("known", wanted, *KNOWN))
        return Counter({(row[0], row[1], row[2]): row[3] for row in rows})

    def _standing(
        self, addresses: Iterable["_Address"]
    ) -> Mapping[tuple[int, Channel, bytes], dict[SuppressionReason, datetime]]:
        wanted = {(one.clinic_id, index) for one in addresses for index in one.indexes}
        rows = patient_rows.suppressing()(self._connection, **columns_of("known", wanted, *KNOWN))
        found: defaultdict[tuple[int, Channel, bytes], dict[SuppressionReason, datetime]]
        found = defaultdict(dict)
        for row in rows:
            found[row.clinic_id, row.channel, row.address_index][row.reason] = row.since
        return found

    def _consents(self, owners: Collection[Owner]) -> Mapping[Owner, list[Row]]:
        rows = patient_rows.ledger()(self._connection, **columns_of("want", owners, *OWNER))
        found: defaultdict[Owner, list[Row]] = defaultdict(list)
        for row in rows:
            found[row.clinic_id, row.patient_id].append(row)
        return found

    def _patient(
        self,
        row: Row,
        contacts: tuple[ContactPoint, ...],
        consents: tuple[ConsentRecord, ...],
    ) -> Patient:
        sealed = row.name_sealed
        own_hours = row.quiet_start is not None
        its_clinic = clinic_record(row, prefix="its_clinic_")
        phone = next((one for one in contacts if one.channel is Channel.SMS), None)
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


class _Address(msgspec.Struct, frozen=True):
    """An address in the clear, with its index under every key: rotation must not hide a match."""

    clinic_id: int
    mode: Mode
    channel: Channel
    text: str
    indexes: tuple[bytes, ...]

    @classmethod
    def of(cls, row: Row, vault: Vault) -> "_Address":
        text = vault.open_text(row.address_sealed, context=contexts.ADDRESS)
        indexes = address_indexes(vault, row.channel, text)
        return cls(row.clinic_id, row.mode, row.channel, text, tuple(indexes))

    def keys(self) -> set[AddressKey]:
        return {(self.clinic_id, self.channel, index) for index in self.indexes}

    def shared_keys(self) -> Iterable[tuple[int, Mode, bytes]]:
        return ((self.clinic_id, self.mode, index) for index in self.indexes)

    def suppressions(
        self, standing: Mapping[tuple[int, Channel, bytes], dict[SuppressionReason, datetime]]
    ) -> dict[SuppressionReason, datetime]:
        found: dict[SuppressionReason, datetime] = {}
        for index in self.indexes:
            found.update(standing.get((self.clinic_id, self.channel, index), {}))
        return found


class ConsentRepository:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, scope: Scope, new: NewConsent) -> int:
        return self._connection.execute(
            sa.insert(consent)
            .values(**consent_values(self._vault, scope, new), recorded_at=product_now)
            .returning(consent.c.id)
        ).scalar_one()


def patient_values(vault: Vault, scope: Scope, new: NewPatient) -> dict[str, Any]:
    """The columns of a new row, but for when it was made."""
    name = new.display_name
    return {
        "clinic_id": scope.clinic_id,
        "mode": scope.mode,
        "reference": new.reference,
        "name_sealed": vault.seal_text(name, context=contexts.PATIENT_NAME) if name else None,
        "is_adult": new.is_adult,
        "time_zone": new.time_zone,
        "region": new.region,
        "locale": new.locale,
        "channels": [channel.value for channel in new.channels],
        "detail": new.detail,
    }


def contact_values(
    vault: Vault, scope: Scope, patient_id: int, contact: NewContact
) -> dict[str, Any]:
    """The same for an address."""
    return {
        "clinic_id": scope.clinic_id,
        "patient_id": patient_id,
        "channel": contact.channel,
        "address_sealed": vault.seal_text(contact.address, context=contexts.ADDRESS),
        "address_index": address_index(vault, contact.channel, contact.address),
        "owner": contact.owner,
    }


def consent_values(vault: Vault, scope: Scope, new: NewConsent) -> dict[str, Any]:
    """The same for an entry of the ledger."""
    given, context = new.given, contexts.CONSENT_EVIDENCE
    return {
        "clinic_id": scope.clinic_id,
        "patient_id": new.patient_id,
        "contact_point_id": new.contact_point_id,
        "channel": given.channel,
        "purpose": given.purpose,
        "state": new.state,
        "detail": given.detail,
        "method": given.method,
        "basis": given.basis,
        "source": given.source,
        "wording_version": given.wording_version,
        "evidence_sealed": vault.seal_text(given.evidence, context=context)
        if given.evidence
        else None,
        "recorded_by": new.recorded_by,
        "obtained_at": given.obtained_at,
    }


def _with_current(newest_first: Sequence[Row]) -> tuple[ConsentRecord, ...]:
    ruled: set[tuple[str, str]] = set()
    records: list[ConsentRecord] = []
    for row in newest_first:
        key = (row.channel, row.purpose)
        records.append(_consent(row, is_current=key not in ruled))
        ruled.add(key)
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
