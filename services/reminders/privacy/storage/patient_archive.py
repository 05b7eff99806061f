"""Reads everything that is stored about a patient and decrypts it, each kind with one query."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.contracts.privacy import (
    CheckInAnswer,
    ConsentProof,
    EscalationNote,
    FormerAddress,
    MessageReceived,
    MessageSent,
    TaskNote,
)
from services.reminders.core.key import Key
from services.reminders.core.structs import struct_from
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    check_in,
    consent,
    contact_point,
    escalation,
    inbound_message,
    outbound,
    staff_task,
)

Rows = Sequence[sa.Row[*tuple[Any, ...]]]


class PatientArchive(Repository):
    def former_addresses(self, key: Key) -> list[FormerAddress]:
        former = (
            contact_point.c.replaced_at.is_not(None),
            contact_point.c.address_sealed.is_not(None),
        )
        return [
            FormerAddress(
                channel=row.channel,
                address=self._vault.open_text(row.address_sealed, context=contexts.ADDRESS),
                replaced_at=row.replaced_at,
            )
            for row in self._rows(contact_point, key, *former)
        ]

    def consent_proofs(self, key: Key) -> list[ConsentProof]:
        return [
            ConsentProof(
                consent_id=row.id,
                evidence=self._open(row.evidence_sealed, contexts.CONSENT_EVIDENCE),
                obtained_at=row.obtained_at,
            )
            for row in self._rows(consent, key)
        ]

    def sent(self, key: Key) -> list[MessageSent]:
        return [
            struct_from(
                MessageSent,
                row,
                subject=self._open(row.subject_sealed, contexts.SUBJECT),
                text=self._open(row.body_sealed, contexts.BODY),
            )
            for row in self._rows(outbound, key)
        ]

    def received(self, key: Key) -> list[MessageReceived]:
        return [
            struct_from(
                MessageReceived, row, text=self._open(row.text_sealed, contexts.INBOUND_TEXT)
            )
            for row in self._rows(inbound_message, key)
        ]

    def check_ins(self, key: Key) -> list[CheckInAnswer]:
        return [
            struct_from(
                CheckInAnswer, row, answer=self._open(row.answer_sealed, contexts.CHECK_IN_ANSWER)
            )
            for row in self._rows(check_in, key)
        ]

    def tasks(self, key: Key) -> list[TaskNote]:
        return [
            struct_from(TaskNote, row, note=self._open(row.note_sealed, contexts.TASK_NOTE))
            for row in self._rows(staff_task, key)
        ]

    def escalations(self, key: Key) -> list[EscalationNote]:
        return [
            struct_from(
                EscalationNote,
                row,
                reason=self._open(row.reason_sealed, contexts.ESCALATION_REASON),
                note=self._open(row.note_sealed, contexts.ESCALATION_NOTE),
            )
            for row in self._rows(escalation, key)
        ]

    def _rows(self, table: sa.Table, key: Key, *which: sa.ColumnElement[bool]) -> Rows:
        rows = (
            sa.select(table)
            .where(table.c.clinic_id == key.clinic_id, table.c.patient_id == key.id, *which)
            .order_by(table.c.id)
        )
        return self._connection.execute(rows).all()

    def _open(self, sealed: bytes | None, context: str) -> str | None:
        return None if sealed is None else self._vault.open_text(sealed, context=context)
