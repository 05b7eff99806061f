"""Messages to be sent at once (replies, safety texts, alerts, nudges), and tasks for staff."""

from typing import Final

import sqlalchemy as sa
from msgspec import structs
from sqlalchemy.dialects.postgresql import insert

from services.chassis.clock import product_now
from services.contracts.catalog import Purpose
from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.check_ins.domain.care_task import CareTask
from services.reminders.check_ins.domain.outbox_message import OutboxMessage
from services.reminders.core.outbound import OutboundKind, Priority
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.repository import Repository
from services.reminders.database.tables import enrollment, outbound, staff_task

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
        values = structs.asdict(task)
        del values["escalates"]
        climbs_at = task.due_at if task.escalates else None
        statement = (
            insert(staff_task)
            .values(opened_at=product_now, climbs_at=climbs_at, **values)
            .on_conflict_do_nothing()
            .returning(staff_task.c.id)
        )
        return self._connection.execute(statement).scalar_one_or_none()

    def tells_of_opt_out(self, clinic_id: int, enrollment_id: int) -> bool:
        """Whether staff got a task since this enrollment began: the patient has opted out."""
        task_exists = (
            sa.exists()
            .where(
                staff_task.c.clinic_id == enrollment.c.clinic_id,
                staff_task.c.patient_id == enrollment.c.patient_id,
                staff_task.c.kind == TaskKind.OPTED_OUT,
                staff_task.c.opened_at >= enrollment.c.created_at,
            )
            .correlate(enrollment)
        )
        return self._connection.execute(
            sa.select(task_exists).where(
                enrollment.c.clinic_id == clinic_id, enrollment.c.id == enrollment_id
            )
        ).scalar_one()
