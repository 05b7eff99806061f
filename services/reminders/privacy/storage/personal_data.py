"""Empties every column that holds personal data of a patient."""

from typing import Any, Final

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import CannotOpen
from services.reminders.core.key import Key
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_indexes
from services.reminders.database.tables import (
    audit,
    check_in,
    consent,
    contact_point,
    enrollment,
    escalation,
    inbound_message,
    inbox,
    outbound,
    patient,
    staff_task,
    suppression,
)

_OF_PATIENT: Final = (
    *("reference", "name_sealed", "is_adult", "time_zone", "region"),
    *("quiet_start", "quiet_end", "paused_until"),
)


class PersonalDataRepository(Repository):
    def erase(self, key: Key) -> None:
        """Erase names, addresses, texts, evidence, notes and stored replies to commands."""
        indexes = self._address_indexes(key)
        self._erase_messages(key, indexes)
        self._erase_evidence(key, indexes)
        self._erase_notes(key)
        self._erase_patient(key)
        self._erase_replies(key)

    def _address_indexes(self, key: Key) -> set[bytes]:
        """Indexes of every address the patient had, under every index key."""
        rows = self._connection.execute(
            sa.select(
                contact_point.c.channel,
                contact_point.c.address_index,
                contact_point.c.address_sealed,
            ).where(*is_of(contact_point, key))
        )
        indexes: set[bytes] = set()
        for row in rows:
            indexes.add(row.address_index)
            if row.address_sealed is not None:
                try:
                    plain = self._vault.open_text(row.address_sealed, context=contexts.ADDRESS)
                except CannotOpen:  # its data key is gone, and so is the address
                    continue
                indexes.update(address_indexes(self._vault, row.channel, plain))
        return indexes

    def _erase_messages(self, key: Key, indexes: set[bytes]) -> None:
        self._clear(outbound, key, "subject_sealed", "body_sealed")
        # A text that may be another patient's stays while that patient has the address.
        in_use_by_others = (
            sa.select(contact_point.c.address_index)
            .where(
                contact_point.c.clinic_id == key.clinic_id,
                contact_point.c.patient_id != key.id,
                contact_point.c.replaced_at.is_(None),
            )
            .scalar_subquery()
        )
        is_theirs = sa.or_(
            inbound_message.c.patient_id == key.id,
            sa.and_(
                inbound_message.c.patient_id.is_(None),
                inbound_message.c.address_index.in_(indexes),
                inbound_message.c.address_index.not_in(in_use_by_others),
            ),
        )
        update_if_different(
            self._connection,
            inbound_message,
            inbound_message.c.clinic_id == key.clinic_id,
            is_theirs,
            text_sealed=None,
            their_address_sealed=None,
        )

    def _erase_evidence(self, key: Key, indexes: set[bytes]) -> None:
        """The facts of a consent or a suppression stay; only their evidence goes."""
        self._clear(consent, key, "evidence_sealed")
        update_if_different(
            self._connection,
            suppression,
            suppression.c.clinic_id == key.clinic_id,
            suppression.c.address_index.in_(indexes),
            evidence_sealed=None,
            lift_evidence_sealed=None,
        )

    def _erase_notes(self, key: Key) -> None:
        update_if_different(self._connection, staff_task, is_task_of(key), note_sealed=None)
        self._clear(check_in, key, "answer_sealed")
        self._clear(escalation, key, "reason_sealed", "note_sealed")
        self._clear(enrollment, key, "end_reason_sealed", "reference", "visit_reference")

    def _erase_patient(self, key: Key) -> None:
        update_if_different(
            self._connection,
            contact_point,
            *is_of(contact_point, key),
            address_sealed=None,
            verified_at=None,
            replaced_at=sa.func.coalesce(contact_point.c.replaced_at, product_now),
        )
        update_if_different(
            self._connection,
            patient,
            *is_of(patient, key, "id"),
            **dict.fromkeys(_OF_PATIENT),
            channels=[],
        )

    def _clear(self, table: sa.Table, key: Key, *columns: str) -> None:
        """Set columns of the patient's rows to null."""
        update_if_different(self._connection, table, *is_of(table, key), **dict.fromkeys(columns))

    def _erase_replies(self, key: Key) -> None:
        """Delete stored replies. A repeated command changes nothing: its patient is erased."""
        command_ids = sa.select(audit.c.command_id).where(
            *is_of(audit, key), audit.c.command_id.is_not(None)
        )
        self._connection.execute(sa.delete(inbox).where(inbox.c.command_id.in_(command_ids)))


def update_if_different(
    connection: sa.Connection,
    table: sa.Table,
    *which: sa.ColumnElement[bool],
    **values: Any,  # noqa: ANN401 - columns of several types
) -> None:
    """Update only rows that differ, so that erasing again writes nothing."""
    differs = (table.c[name].is_distinct_from(value) for name, value in values.items())
    connection.execute(sa.update(table).where(*which, sa.or_(*differs)).values(**values))


def is_of(
    table: sa.Table, key: Key, column: str = "patient_id"
) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.clinic_id == key.clinic_id, table.c[column] == key.id


def is_task_of(key: Key) -> sa.ColumnElement[bool]:
    references = (
        (staff_task.c.enrollment_id, enrollment),
        (staff_task.c.outbound_id, outbound),
        (staff_task.c.inbound_id, inbound_message),
    )
    return sa.and_(
        staff_task.c.clinic_id == key.clinic_id,
        sa.or_(
            staff_task.c.patient_id == key.id,
            *(
                column.in_(sa.select(table.c.id).where(*is_of(table, key)))
                for column, table in references
            ),
        ),
    )
