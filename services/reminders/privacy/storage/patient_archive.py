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
            MessageSent(
                id=row.id,
                kind=str(row.kind),
                enrollment_id=row.enrollment_id,
                step_key=row.step_key,
                purpose=row.purpose,
                channel=row.channel,
                state=str(row.state),
                state_reason=row.state_reason,
                due_at=row.due_at,
                state_at=row.state_at,
                subject=self._open(row.subject_sealed, contexts.SUBJECT),
                text=self._open(row.body_sealed, contexts.BODY),
            )
            for row in self._rows(outbound, key)
        ]

    def received(self, key: Key) -> list[MessageReceived]:
        return [
            MessageReceived(
                id=row.id,
                channel=row.channel,
                received_at=row.received_at,
                text=self._open(row.text_sealed, contexts.INBOUND_TEXT),
                understood_as=row.understood_as,
            )
            for row in self._rows(inbound_message, key)
        ]

    def check_ins(self, key: Key) -> list[CheckInAnswer]:
        return [
            CheckInAnswer(
                id=row.id,
                enrollment_id=row.enrollment_id,
                step_key=row.step_key,
                opened_at=row.opened_at,
                answered_at=row.answered_at,
                answered_via=row.answered_via,
                answer=self._open(row.answer_sealed, contexts.CHECK_IN_ANSWER),
                level=str(row.level),
            )
            for row in self._rows(check_in, key)
        ]

    def tasks(self, key: Key) -> list[TaskNote]:
        return [
            TaskNote(
                id=row.id,
                kind=str(row.kind),
                title=row.title,
                opened_at=row.opened_at,
                done_at=row.done_at,
                note=self._open(row.note_sealed, contexts.TASK_NOTE),
            )
            for row in self._rows(staff_task, key)
        ]

    def escalations(self, key: Key) -> list[EscalationNote]:
        return [
            EscalationNote(
                id=row.id,
                level=str(row.level),
                reason=self._open(row.reason_sealed, contexts.ESCALATION_REASON),
                opened_at=row.opened_at,
                resolved_at=row.resolved_at,
                outcome=row.outcome and str(row.outcome),
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
