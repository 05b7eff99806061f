"""Files that are imported, and what became of each line."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.privacy import ImportJob, ImportKind, RowFault, StartImport
from services.contracts.reminders import Scope
from services.contracts.words import SuppressionReason
from services.reminders.core.importing import Outcome
from services.reminders.core.key import Key
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_index, address_indexes
from services.reminders.database.tables import (
    consent,
    contact_point,
    import_job,
    import_row,
    patient,
    suppression,
)
from services.reminders.patients.domain.new_patient import NewConsent, NewContact, NewPatient
from services.reminders.patients.storage.patients import (
    consent_values,
    contact_values,
    patient_values,
)
from services.reminders.registration.domain.importing import ImportedRow, ImportedSuppression


class ImportLedger:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def start(self, command: StartImport) -> ImportJob:
        """Find the job of this file, or begin one."""
        scope = command.scope
        known = import_job.c.file_index.in_(
            self._vault.indexes(command.digest, context=contexts.IMPORT_FILE)
        )
        same = sa.select(import_job.c.id).where(
            import_job.c.clinic_id == scope.clinic_id,
            import_job.c.mode == scope.mode,
            import_job.c.kind == command.kind,
            known,
        )
        number = self._connection.execute(same).scalar()
        if number is None:
            number = self._connection.execute(
                insert(import_job)
                .values(
                    clinic_id=scope.clinic_id,
                    mode=scope.mode,
                    kind=command.kind,
                    file_index=self._vault.index(command.digest, context=contexts.IMPORT_FILE),
                    actor=scope.actor,
                    started_at=product_now,
                )
                .returning(import_job.c.id)
            ).scalar_one()
        return self._job(Key.within(scope, number))

    def hold(self, key: Key, kind: ImportKind) -> bool:
        """Keep others from importing into a job until the transaction ends; False: no such job."""
        held = self._connection.execute(
            sa.select(import_job.c.id)
            .where(
                import_job.c.clinic_id == key.clinic_id,
                import_job.c.mode == key.mode,
                import_job.c.id == key.id,
                import_job.c.kind == kind,
            )
            .with_for_update(key_share=True)
        )
        return held.first() is not None

    def handled(self, key: Key, lines: Collection[int]) -> Mapping[int, Outcome]:
        rows = self._connection.execute(
            sa.select(import_row.c.line, import_row.c.outcome).where(
                *_of(key), import_row.c.line.in_(lines)
            )
        )
        return {row.line: row.outcome for row in rows}

    def record(self, key: Key, lines: Sequence[ImportedRow]) -> None:
        rows = [
            {
                "clinic_id": key.clinic_id,
                "job_id": key.id,
                "line": one.line,
                "outcome": one.outcome,
                "field": one.fault.column if one.fault else None,
                "reason": one.fault.reason if one.fault else None,
            }
            for one in lines
        ]
        if rows:
            self._connection.execute(sa.insert(import_row).values(at=product_now), rows)

    def faults(self, key: Key, after: int, limit: int) -> list[RowFault]:
        is_its_mode = (
            sa.exists()
            .where(
                import_job.c.clinic_id == import_row.c.clinic_id,
                import_job.c.id == import_row.c.job_id,
                import_job.c.mode == key.mode,
            )
            .correlate(import_row)
        )
        rows = self._connection.execute(
            sa.select(import_row)
            .where(
                *_of(key),
                import_row.c.outcome == Outcome.REFUSED,
                import_row.c.line > after,
                is_its_mode,
            )
            .order_by(import_row.c.line)
            .limit(limit)
        )
        return [RowFault(line=row.line, column=row.field, reason=row.reason or "") for row in rows]

    def bar(
        self, clinic_id: int, actor: str, some: Sequence[ImportedSuppression]
    ) -> Collection[int]:
        """Stored under the newest key, and found under every key."""
        keyed = {one.line: self._indexes(one) for one in some}
        standing = self._standing(clinic_id, {index for every in keyed.values() for index in every})
        new: dict[tuple[bytes, str], ImportedSuppression] = {}
        for one in some:
            reason = str(one.given.reason)
            if not any((index, reason) in standing for index in keyed[one.line]):
                new.setdefault((keyed[one.line][0], reason), one)
        if not new:
            return ()
        rows = [self._row(clinic_id, actor, index, one) for (index, _), one in new.items()]
        added = self._connection.execute(
            insert(suppression)
            .on_conflict_do_nothing()
            .returning(suppression.c.address_index, suppression.c.reason),
            rows,
        )
        return {new[row.address_index, str(row.reason)].line for row in added}

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Undo what its block wrote."""
        undone = self._connection.begin_nested()
        try:
            yield
        finally:
            undone.rollback()

    def _indexes(self, one: ImportedSuppression) -> list[bytes]:
        """The digest to store first, then those under older keys."""
        channel, address = one.given.channel, one.given.address
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
        self, clinic_id: int, actor: str, index: bytes, one: ImportedSuppression
    ) -> dict[str, object]:
        given = one.given
        evidence = given.evidence
        return {
            "clinic_id": clinic_id,
            "channel": given.channel,
            "address_index": index,
            "reason": given.reason,
            "since": given.since,
            "recorded_by": actor,
            "evidence_sealed": evidence
            and self._vault.seal_text(evidence, context=contexts.SUPPRESSION_EVIDENCE),
        }

    def _job(self, key: Key) -> ImportJob:
        counted = self._connection.execute(
            sa.select(
                sa.func.coalesce(sa.func.max(import_row.c.line), 0).label("through"),
                *(
                    sa.func.count()
                    .filter(import_row.c.outcome == outcome)
                    .label(outcome.value.lower())
                    for outcome in Outcome
                ),
            ).where(*_of(key))
        ).one()
        return ImportJob(
            id=key.id,
            done_through=counted.through,
            added=counted.added,
            known=counted.known,
            refused=counted.refused,
        )


class BatchRegister:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def opted_out(
        self, clinic_id: int, contacts: Collection[NewContact]
    ) -> set[tuple[Channel, str]]:
        """Which of their addresses, by channel, are."""
        owners: defaultdict[bytes, set[tuple[Channel, str]]] = defaultdict(set)
        for one in contacts:
            for index in self._indexes(one):
                owners[index].add((one.channel, one.address))
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
        """Answers with their numbers by reference."""
        rows = self._connection.execute(
            sa.insert(patient)
            .values(created_at=product_now)
            .returning(patient.c.reference, patient.c.id),
            [patient_values(self._vault, scope, one) for one in new],
        )
        return {row.reference or "": row.id for row in rows}

    def add_contacts(
        self, scope: Scope, new: Sequence[tuple[int, NewContact]]
    ) -> Mapping[tuple[int, Channel], int]:
        """Of patients by number; answers with the addresses' numbers."""
        values = [contact_values(self._vault, scope, number, one) for number, one in new]
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
        values = [consent_values(self._vault, scope, one) for one in new]
        if values:
            self._connection.execute(sa.insert(consent).values(recorded_at=product_now), values)

    def _indexes(self, one: NewContact) -> list[bytes]:
        return address_indexes(self._vault, one.channel, one.address)


def _of(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return import_row.c.clinic_id == key.clinic_id, import_row.c.job_id == key.id
