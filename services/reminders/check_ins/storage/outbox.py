"""Messages to be sent at once (replies, safety texts, alerts, nudges), and tasks for staff."""

from typing import Final

import sqlalchemy as sa
from msgspec import structs
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import Purpose
from services.contracts.words import ReminderStatus
from services.reminders.check_ins.domain.care_task import CareTask
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.tables import outbound, staff_task

_COPIED: Final = (
    *("clinic_id", "kind", "mode", "channel"),
    *("patient_id", "contact_point_id", "alert_contact_id", "enrollment_id"),
)


class OutboxRepository(Repository):
    def put(self, message: OutboxMessage) -> int:
        """Add a message that is due now and, unless it is a nudge, urgent. Returns its id."""
        until = message.until or product_now + sa.literal(message.useful_for, sa.Interval())
        is_nudge = message.kind is OutboundKind.NUDGE
        statement = sa.insert(outbound).values(
            **{name: getattr(message, name) for name in _COPIED},
            purpose=Purpose.CARE,
            lane=(Priority.NORMAL if is_nudge else Priority.URGENT).value,
            state=ReminderStatus.SCHEDULED,
            state_at=product_now,
            due_at=product_now,
            useful_until=until,
            local_due_at="",
            time_zone="UTC",
            subject_sealed=None
            if message.subject is None
            else self._vault.seal_text(message.subject, context=contexts.SUBJECT),
            body_sealed=self._vault.seal_text(message.text, context=contexts.BODY),
            created_at=product_now,
        )
        return self._connection.execute(statement.returning(outbound.c.id)).scalar_one()


class CareTaskRepository(Repository):
    """Tasks that follow from answers of patients, or from messages that never arrived."""

    def open(self, task: CareTask) -> int | None:
        """Open the task. Returns None if the same one is open already."""
        statement = (
            insert(staff_task)
            .values(opened_at=product_now, **structs.asdict(task))
            .on_conflict_do_nothing()
            .returning(staff_task.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()
