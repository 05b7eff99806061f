"""Patients and their contact points: added, changed, locked and read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.patients import ListPatients
from services.contracts.reminders import Scope
from services.contracts.words import SuppressionReason
from services.reminders.core.key import Key, Referred
from services.reminders.core.patient import Patient
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.reference_claims import claim_reference, referred
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_index, address_indexes
from services.reminders.database.tables import consent, contact_point, patient
from services.reminders.patients.domain.new_patient import (
    Address,
    NewConsent,
    NewContact,
    NewPatient,
)
from services.reminders.patients.storage.patient_loader import (
    IndexedAddress,
    PatientLoader,
    locking,
    suppressions_by_address,
)


class PatientRepository(Repository):
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

    def add_consent(self, scope: Scope, new: NewConsent) -> None:
        """Add an entry to the ledger of consents; an entry never changes."""
        values = consent_values(self._vault, scope, new)
        self._connection.execute(sa.insert(consent).values(**values, recorded_at=product_now))

    def suppressions(
        self, scope: Scope, contacts: Collection[NewContact]
    ) -> Mapping[Channel, Collection[SuppressionReason]]:
        """Find the suppressions of addresses, whoever has them, by channel."""
        addresses = [IndexedAddress.of_contact(scope, contact, self._vault) for contact in contacts]
        by_address = suppressions_by_address(self._connection, addresses)
        return {address.channel: address.suppressions(by_address) for address in addresses}

    def change(self, key: Key, values: Mapping[str, Any]) -> None:
        """Store fields of the command by name; with None, the clinic's own value applies."""
        self._connection.execute(
            sa.update(patient)
            .where(
                patient.c.clinic_id == key.clinic_id,
                patient.c.mode == key.mode,
                patient.c.id == key.id,
            )
            .values(**changed_columns(self._vault, values))
        )

    def end_contact(self, key: Key, contact_point_id: int) -> None:
        self._connection.execute(
            sa.update(contact_point)
            .where(
                contact_point.c.clinic_id == key.clinic_id, contact_point.c.id == contact_point_id
            )
            .values(replaced_at=product_now)
        )

    def lock(self, key: Key) -> bool:
        """Lock a patient until the transaction ends. Returns False if there is none any more."""
        return bool(
            locking()(self._connection, clinic_id=key.clinic_id, mode=str(key.mode), id=key.id)
        )

    def claim_reference(self, scope: Scope, reference: str) -> int | None:
        """Find the patient with a reference; others who claim it wait for the transaction."""
        return claim_reference(self._connection, patient, scope, reference)

    def referred(self, references: Collection[tuple[Scope, str]]) -> Mapping[Referred, int]:
        """Find ids by references, each within its scope."""
        return referred(self._connection, patient, references)

    def get(self, keys: Collection[Key]) -> Mapping[Key, Patient]:
        """Read patients with their contact points, consents and suppressions."""
        return PatientLoader(self._connection, self._vault).load(keys) if keys else {}

    def page(self, ask: ListPatients, addresses: Sequence[Address]) -> Sequence[int]:
        """Find ids, newest first, with one more if there are further ones.

        A search compares its text with references and, by HMAC, with addresses. Names are sealed
        and cannot be searched.
        """
        wanted = [
            patient.c.clinic_id == ask.scope.clinic_id,
            patient.c.mode == ask.scope.mode,
        ]
        if ask.after is not None:
            wanted.append(patient.c.id < ask.after)
        if ask.search is not None:
            owners = [self._owners(ask.scope.clinic_id, address) for address in addresses]
            is_referred = patient.c.reference == ask.search
            wanted.append(sa.or_(is_referred, *(patient.c.id.in_(ids) for ids in owners)))
        query = sa.select(patient.c.id).where(*wanted).order_by(patient.c.id.desc())
        return list(self._connection.execute(query.limit(ask.limit + 1)).scalars())

    def _owners(self, clinic_id: int, address: Address) -> sa.Select[int]:
        """The patients who have an address now, whichever key its index was made with."""
        channel, text = address
        indexes = address_indexes(self._vault, channel, text)
        return sa.select(contact_point.c.patient_id).where(
            contact_point.c.clinic_id == clinic_id,
            contact_point.c.channel == channel,
            contact_point.c.address_index.in_(indexes),
            contact_point.c.replaced_at.is_(None),
        )


def patient_values(vault: Vault, scope: Scope, new: NewPatient) -> dict[str, Any]:
    """The columns of a new patient, except its time."""
    values = msgspec.structs.asdict(new)
    return {"clinic_id": scope.clinic_id, "mode": scope.mode, **changed_columns(vault, values)}


def changed_columns(vault: Vault, values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that hold fields of a patient."""
    columns = dict(values)
    if "display_name" in columns:
        name = (columns.pop("display_name") or "").strip()
        columns["name_sealed"] = (
            vault.seal_text(name, context=contexts.PATIENT_NAME) if name else None
        )
    if "quiet_hours" in columns:
        quiet = columns.pop("quiet_hours")
        columns["quiet_start"] = quiet and quiet.start
        columns["quiet_end"] = quiet and quiet.end
    if "channels" in columns:
        columns["channels"] = [channel.value for channel in columns["channels"]]
    return columns


def contact_values(
    vault: Vault, scope: Scope, patient_id: int, contact: NewContact
) -> dict[str, Any]:
    """The columns of a new contact point, except its time."""
    return {
        "clinic_id": scope.clinic_id,
        "patient_id": patient_id,
        "channel": contact.channel,
        "address_sealed": vault.seal_text(contact.address, context=contexts.ADDRESS),
        "address_index": address_index(vault, contact.channel, contact.address),
        "owner": contact.owner,
    }


def consent_values(vault: Vault, scope: Scope, new: NewConsent) -> dict[str, Any]:
    """The columns of a new entry in the consent ledger, except its time."""
    evidence, context = new.consent.evidence, contexts.CONSENT_EVIDENCE
    values = msgspec.structs.asdict(new) | msgspec.structs.asdict(new.consent)
    for name in ("consent", "granted", "evidence"):  # the state says what was granted
        del values[name]
    sealed = vault.seal_text(evidence, context=context) if evidence else None
    same = {"clinic_id": scope.clinic_id, "recorded_by": scope.actor}
    return {**same, **values, "evidence_sealed": sealed}
