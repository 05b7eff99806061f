"""Patients, contacts, consents and suppressions, added many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.reminders import Scope
from services.contracts.words import SuppressionReason
from services.reminders.core.importing import ImportedSuppression
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_index, address_indexes
from services.reminders.database.tables import (
    consent,
    contact_point,
    patient,
    suppression,
)
from services.reminders.patients.domain.new_patient import NewConsent, NewContact, NewPatient
from services.reminders.patients.storage.patients import (
    consent_values,
    contact_values,
    patient_values,
)


class PatientBatchRepository(Repository):
    def opted_out(
        self, clinic_id: int, contacts: Collection[NewContact]
    ) -> set[tuple[Channel, str]]:
        """Find which addresses, by channel, have opted out."""
        owners: defaultdict[bytes, set[tuple[Channel, str]]] = defaultdict(set)
        for contact in contacts:
            for index in address_indexes(self._vault, contact.channel, contact.address):
                owners[index].add((contact.channel, contact.address))
        rows = self._connection.scalars(
            sa.select(suppression.c.address_index).where(
                suppression.c.clinic_id == clinic_id,
                suppression.c.address_index.in_(owners),
                suppression.c.reason == SuppressionReason.OPT_OUT,
                suppression.c.lifted_at.is_(None),
            )
        )
        return {owner for index in rows for owner in owners[index]}

    def add_patients(self, scope: Scope, new: Sequence[NewPatient]) -> Mapping[str, int]:
        """Add patients. Returns their ids by reference."""
        rows = self._connection.execute(
            sa.insert(patient)
            .values(created_at=product_now)
            .returning(patient.c.reference, patient.c.id),
            [patient_values(self._vault, scope, values) for values in new],
        )
        return {row.reference or "": row.id for row in rows}

    def add_contacts(
        self, scope: Scope, new: Sequence[tuple[int, NewContact]]
    ) -> Mapping[tuple[int, Channel], int]:
        """Add contacts of patients by id. Returns the contacts' ids by patient and channel."""
        values = [
            contact_values(self._vault, scope, patient_id, contact) for patient_id, contact in new
        ]
        if not values:
            return {}
        rows = self._connection.execute(
            sa.insert(contact_point)
            .values(created_at=product_now)
            .returning(contact_point.c.patient_id, contact_point.c.channel, contact_point.c.id),
            values,
        )
        return {(row.patient_id, row.channel): row.id for row in rows}

    def add_consents(self, scope: Scope, new: Sequence[NewConsent]) -> None:
        values = [consent_values(self._vault, scope, entry) for entry in new]
        if values:
            self._connection.execute(sa.insert(consent).values(recorded_at=product_now), values)

    def add_suppressions(
        self, clinic_id: int, actor: str, imported: Sequence[ImportedSuppression]
    ) -> Collection[int]:
        """Store suppressions under the newest key if they stand under no key.

        Returns the lines of those added.
        """
        indexes = {row.line: self._indexes(row) for row in imported}
        standing = self._standing(clinic_id, set(chain.from_iterable(indexes.values())))
        new: dict[tuple[bytes, str], ImportedSuppression] = {}
        for row in imported:
            reason = str(row.suppression.reason)
            if not any((index, reason) in standing for index in indexes[row.line]):
                new.setdefault((indexes[row.line][0], reason), row)
        if not new:
            return ()
        rows = [self._row(clinic_id, actor, index, row) for (index, _), row in new.items()]
        added = self._connection.execute(
            insert(suppression)
            .on_conflict_do_nothing()
            .returning(suppression.c.address_index, suppression.c.reason),
            rows,
        )
        return {new[row.address_index, str(row.reason)].line for row in added}

    def _indexes(self, row: ImportedSuppression) -> list[bytes]:
        """The index to store first, then those under older keys."""
        channel, address = row.suppression.channel, row.suppression.address
        newest = address_index(self._vault, channel, address)
        others = address_indexes(self._vault, channel, address)
        return [newest, *(index for index in others if index != newest)]

    def _standing(self, clinic_id: int, indexes: Collection[bytes]) -> set[tuple[bytes, str]]:
        rows = self._connection.execute(
            sa.select(suppression.c.address_index, suppression.c.reason).where(
                suppression.c.clinic_id == clinic_id,
                suppression.c.address_index.in_(indexes),
                suppression.c.lifted_at.is_(None),
            )
        )
        return {(row.address_index, str(row.reason)) for row in rows}

    def _row(
        self, clinic_id: int, actor: str, index: bytes, row: ImportedSuppression
    ) -> dict[str, object]:
        imported = row.suppression
        evidence = imported.evidence
        return {
            "clinic_id": clinic_id,
            "channel": imported.channel,
            "address_index": index,
            "reason": imported.reason,
            "since": imported.since,
            "recorded_by": actor,
            "evidence_sealed": evidence
            and self._vault.seal_text(evidence, context=contexts.SUPPRESSION_EVIDENCE),
        }
