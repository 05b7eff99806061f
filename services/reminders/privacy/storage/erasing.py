"""Where a patient's data lies, and how each place forgets it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import CannotOpen, Vault
from services.contracts.words import CheckInLevel, EnrollmentStatus, ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import origins
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.address_indexes import address_indexes
from services.reminders.database.drop_unsent import give_up
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


class PatientFile:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def hold(self, key: Key) -> bool:
        """Rows that point to the patient cannot be added until this transaction has ended."""
        held = self._connection.execute(
            sa.select(patient.c.id)
            .where(*_is(patient, key, "id"), patient.c.mode == key.mode)
            .with_for_update()
        )
        return held.first() is not None

    def is_in_danger(self, key: Key) -> bool:
        """Whether staff are still to see to something urgent, and need to reach the patient."""
        open_one = sa.exists().where(*_is(escalation, key), escalation.c.resolved_at.is_(None))
        return self._connection.execute(sa.select(open_one)).scalar_one()

    def end(self, key: Key, by: str) -> Sequence[int]:
        """End enrollments, tasks and what has not begun; answers with the messages cancelled."""
        self._connection.execute(
            sa.update(enrollment)
            .where(
                *_is(enrollment, key),
                enrollment.c.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)),
            )
            .values(status=EnrollmentStatus.CANCELLED, ended_at=product_now)
        )
        self._connection.execute(
            sa.update(staff_task)
            .where(_is_task_of(key), staff_task.c.done_at.is_(None))
            .values(done_at=product_now, done_by=by)
        )
        self._update(
            check_in,
            *_is(check_in, key),
            check_in.c.level == CheckInLevel.WAITING,
            level=CheckInLevel.UNREACHED,
            nudge_at=None,
        )
        cancelled = give_up(
            self._connection,
            ReminderStatus.CANCELLED,
            Reason.PATIENT_ERASED,
            *_is(outbound, key),
            outbound.c.kind != OutboundKind.STAFF_ALERT,
            outbound.c.state.in_(origins(ReminderStatus.CANCELLED)),
        )
        return [id_ for _, id_ in cancelled]

    def forget(self, key: Key) -> None:
        """Forget names, addresses, texts, evidence, notes, and replies kept for repeated asks."""
        addresses = self._addresses(key)
        self._forget_messages(key, addresses)
        self._forget_evidence(key, addresses)
        self._forget_notes(key)
        self._forget_person(key)
        self._forget_replies(key)

    def seal_off(self, key: Key, by: str, reason: str) -> None:
        """Say who erased the patient and why; the first time stands."""
        self._update(
            patient,
            *_is(patient, key, "id"),
            patient.c.erased_at.is_(None),
            erased_at=product_now,
            erased_by=by,
            erase_reason_sealed=self._vault.seal_text(reason, context=contexts.ERASE_REASON),
        )

    def _addresses(self, key: Key) -> set[bytes]:
        """Digests of every address they had, under every key there is."""
        rows = self._connection.execute(
            sa.select(
                contact_point.c.channel,
                contact_point.c.address_index,
                contact_point.c.address_sealed,
            ).where(*_is(contact_point, key))
        )
        found: set[bytes] = set()
        for row in rows:
            found.add(row.address_index)
            if row.address_sealed is not None:
                try:
                    plain = self._vault.open_text(row.address_sealed, context=contexts.ADDRESS)
                except CannotOpen:  # its key is gone, and so is the address
                    continue
                found.update(address_indexes(self._vault, row.channel, plain))
        return found

    def _forget_messages(self, key: Key, addresses: set[bytes]) -> None:
        self._update(outbound, *_is(outbound, key), subject_sealed=None, body_sealed=None)
        # What could not be told from another patient's stays while that one has the address.
        others = (
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
                inbound_message.c.address_index.in_(addresses),
                inbound_message.c.address_index.not_in(others),
            ),
        )
        self._update(
            inbound_message,
            inbound_message.c.clinic_id == key.clinic_id,
            is_theirs,
            text_sealed=None,
            their_address_sealed=None,
        )

    def _forget_evidence(self, key: Key, addresses: set[bytes]) -> None:
        """That they consented, to what, how and when stays; so does that an address is barred."""
        self._update(consent, *_is(consent, key), evidence_sealed=None)
        self._update(
            suppression,
            suppression.c.clinic_id == key.clinic_id,
            suppression.c.address_index.in_(addresses),
            evidence_sealed=None,
            lift_evidence_sealed=None,
        )

    def _forget_notes(self, key: Key) -> None:
        self._update(staff_task, _is_task_of(key), note_sealed=None)
        self._update(check_in, *_is(check_in, key), answer_sealed=None)
        self._update(escalation, *_is(escalation, key), reason_sealed=None, note_sealed=None)
        self._update(
            enrollment,
            *_is(enrollment, key),
            end_reason_sealed=None,
            reference=None,
            visit_reference=None,
        )

    def _forget_person(self, key: Key) -> None:
        self._update(
            contact_point,
            *_is(contact_point, key),
            address_sealed=None,
            verified_at=None,
            replaced_at=sa.func.coalesce(contact_point.c.replaced_at, product_now),
        )
        self._update(
            patient,
            *_is(patient, key, "id"),
            reference=None,
            name_sealed=None,
            is_adult=None,
            time_zone=None,
            region=None,
            quiet_start=None,
            quiet_end=None,
            paused_until=None,
            channels=[],
        )

    def _forget_replies(self, key: Key) -> None:
        """A repeated command meets no kept reply, and does nothing: its patient is erased."""
        theirs = sa.select(audit.c.command_id).where(
            *_is(audit, key), audit.c.command_id.is_not(None)
        )
        self._connection.execute(sa.delete(inbox).where(inbox.c.command_id.in_(theirs)))

    def _update(self, table: sa.Table, *which: sa.ColumnElement[bool], **values: Any) -> None:  # noqa: ANN401 - columns of several types
        """Only what is not so already: erasing again writes nothing."""
        differs = (table.c[name].is_distinct_from(value) for name, value in values.items())
        self._connection.execute(sa.update(table).where(*which, sa.or_(*differs)).values(**values))


def _is(
    table: sa.Table, key: Key, column: str = "patient_id"
) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.clinic_id == key.clinic_id, table.c[column] == key.id


def _is_task_of(key: Key) -> sa.ColumnElement[bool]:
    theirs = (
        (staff_task.c.enrollment_id, enrollment),
        (staff_task.c.outbound_id, outbound),
        (staff_task.c.inbound_id, inbound_message),
    )
    return sa.and_(
        staff_task.c.clinic_id == key.clinic_id,
        sa.or_(
            staff_task.c.patient_id == key.id,
            *(
                column.in_(sa.select(table.c.id).where(*_is(table, key)))
                for column, table in theirs
            ),
        ),
    )
