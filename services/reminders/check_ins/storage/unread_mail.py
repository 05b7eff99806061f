"""Mails that came back about a message and that no rule could read."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordUnreadMail
from services.contracts.words import TaskKind
from services.reminders.consent.domain.keywords import Meaning
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.fragments import is_row
from services.reminders.database.repository import Repository
from services.reminders.database.seal_contexts import address_index
from services.reminders.database.tables import (
    delivery_attempt,
    inbound_message,
    outbound,
    patient,
    staff_task,
)

_TITLE: Final = "A mail came back about a message and cannot be read by rules; read it"


class UnreadMailRepository(Repository):
    def add(self, mail: RecordUnreadMail) -> int | None:
        """Store it, sealed, beside the message of its attempt.

        Returns None if it was stored before, the attempt is unknown, or the patient was erased.
        """
        message = self._connection.execute(_message_of(mail)).first()
        if message is None:
            return None
        return self._connection.execute(
            insert(inbound_message)
            .values(
                clinic_id=mail.clinic_id,
                patient_id=message.patient_id,
                contact_point_id=message.contact_point_id,
                sender_id=message.sender_id,
                mode=message.mode,
                channel=Channel.EMAIL,
                provider=mail.provider,
                provider_message_id=f"{mail.attempt_id}:{mail.provider_message_id}",
                answers_id=message.id,
                text_sealed=self._vault.seal_text(mail.text, context=contexts.INBOUND_TEXT),
                their_address_sealed=self._vault.seal_text(
                    mail.their_address, context=contexts.INBOUND_ADDRESS
                ),
                address_index=address_index(self._vault, Channel.EMAIL, mail.their_address),
                understood_as=str(Meaning.UNREAD),
                received_at=mail.received_at,
            )
            .on_conflict_do_nothing()
            .returning(inbound_message.c.id)
        ).scalar_one_or_none()

    def open_task(self, clinic_id: int, inbound_id: int, due_at: datetime) -> int | None:
        """Open a task to read it. Returns None if one about the same patient is open."""
        columns = ("clinic_id", "patient_id", "enrollment_id")
        about = (
            sa.select(
                *(outbound.c[name] for name in columns),
                outbound.c.id,
                inbound_message.c.id,
                sa.literal(str(TaskKind.UNREAD_REPLY)),
                sa.literal(_TITLE),
                product_now,
                sa.literal(due_at, sa.DateTime(timezone=True)),
            )
            .join_from(inbound_message, outbound, is_row(outbound, inbound_message, "answers_id"))
            .where(
                inbound_message.c.clinic_id == clinic_id,
                inbound_message.c.id == inbound_id,
                ~_is_open(),
            )
        )
        names = ("outbound_id", "inbound_id", "kind", "title", "opened_at", "due_at")
        statement = insert(staff_task).from_select([*columns, *names], about)
        return self._connection.execute(statement.returning(staff_task.c.id)).scalar_one_or_none()


def _message_of(mail: RecordUnreadMail) -> sa.Select[int, int | None, int | None, str, int | None]:
    """Select the message of the attempt, locked, unless its patient was erased."""
    return (
        sa.select(
            outbound.c.id,
            outbound.c.patient_id,
            outbound.c.contact_point_id,
            outbound.c.mode,
            delivery_attempt.c.sender_id,
        )
        .join_from(delivery_attempt, outbound, is_row(outbound, delivery_attempt, "outbound_id"))
        .outerjoin(patient, is_row(patient, outbound, "patient_id"))
        .where(
            delivery_attempt.c.clinic_id == mail.clinic_id,
            delivery_attempt.c.id == mail.attempt_id,
            delivery_attempt.c.provider == mail.provider,
            patient.c.erased_at.is_(None),
        )
        .with_for_update(of=outbound)
    )


def _is_open() -> sa.Exists:
    return (
        sa.exists()
        .where(
            staff_task.c.clinic_id == outbound.c.clinic_id,
            staff_task.c.patient_id.is_not_distinct_from(outbound.c.patient_id),
            staff_task.c.kind == TaskKind.UNREAD_REPLY,
            staff_task.c.title == _TITLE,
            staff_task.c.done_at.is_(None),
        )
        .correlate(outbound)
    )
