"""What happens to enrollments by time alone: staff are asked, and ended ones are completed."""

from datetime import timedelta

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import (
    EnrollmentStatus,
    ProcedureState,
    ReminderStatus,
    TaskKind,
)
from services.reminders.core.enrollment import RUNNING
from services.reminders.database.fragments import DUE_TOMORROW
from services.reminders.database.tables import enrollment, outbound, staff_task
from services.reminders.database.unit_of_work import transaction

ASK_AFTER = timedelta(hours=2)
"""How long after its time staff are asked about a procedure that was not recorded."""

_BATCH = 200
_ASK = "Did the procedure take place? Record it, or move it: care waits for that"
_ON_ITS_WAY = (
    ReminderStatus.SCHEDULED,
    ReminderStatus.QUEUED,
    ReminderStatus.SENDING,
    ReminderStatus.MERGED,
)

Moved = list[tuple[int, int]]


class EnrollmentSweeps:
    """Each call handles one batch and skips rows that another dispatcher has locked."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def ask_about_procedures(self) -> Moved:
        """Open one task for each procedure whose time has passed and that was not recorded."""
        overdue = (
            sa.select(enrollment.c.clinic_id, enrollment.c.id)
            .where(
                enrollment.c.procedure_state == ProcedureState.PLANNED,
                enrollment.c.status.in_(RUNNING),
                enrollment.c.confirmation_asked_at.is_(None),
                enrollment.c.procedure_at <= product_now - sa.literal(ASK_AFTER, sa.Interval()),
            )
            .order_by(enrollment.c.procedure_at)
            .limit(_BATCH)
            .with_for_update(skip_locked=True, key_share=True)
            .cte("overdue")
            .prefix_with("MATERIALIZED")
        )
        asked = (
            sa.update(enrollment)
            .where(enrollment.c.clinic_id == overdue.c.clinic_id, enrollment.c.id == overdue.c.id)
            .values(confirmation_asked_at=product_now)
            .returning(
                enrollment.c.clinic_id,
                enrollment.c.id.label("enrollment_id"),
                enrollment.c.patient_id,
            )
            .cte("asked")
        )
        names = ("clinic_id", "enrollment_id", "patient_id")
        about = sa.select(
            *(asked.c[name] for name in names),
            sa.literal(str(TaskKind.PROCEDURE_UNCONFIRMED)),
            sa.literal(_ASK),
            product_now,
            DUE_TOMORROW,
        )
        columns = [*names, "kind", "title", "opened_at", "due_at"]
        statement = sa.insert(staff_task).from_select(columns, about)
        with transaction(self._engine) as connection:
            connection.execute(statement)
        return []

    def complete(self) -> Moved:
        """Complete enrollments with nothing left to send; recheck those with delayed messages."""
        over = (
            sa.select(enrollment.c.clinic_id, enrollment.c.id, _last_use().label("last_use"))
            .where(
                enrollment.c.status == EnrollmentStatus.ACTIVE,
                enrollment.c.procedure_state == ProcedureState.PERFORMED,
                enrollment.c.ends_at <= product_now,
            )
            .order_by(enrollment.c.ends_at)
            .limit(_BATCH)
            .with_for_update(of=enrollment, skip_locked=True, key_share=True)
            .cte("over")
            .prefix_with("MATERIALIZED")
        )
        is_done = over.c.last_use.is_(None)
        statement = (
            sa.update(enrollment)
            .where(enrollment.c.clinic_id == over.c.clinic_id, enrollment.c.id == over.c.id)
            .values(
                status=sa.case(
                    (is_done, str(EnrollmentStatus.COMPLETED)), else_=str(EnrollmentStatus.ACTIVE)
                ),
                ended_at=sa.case((is_done, product_now), else_=None),
                # What is under way needs a moment to end.
                ends_at=sa.case(
                    (is_done, enrollment.c.ends_at),
                    else_=sa.func.greatest(
                        over.c.last_use,
                        product_now + sa.literal(timedelta(minutes=1), sa.Interval()),
                    ),
                ),
            )
        )
        with transaction(self._engine) as connection:
            connection.execute(statement)
        return []


def _last_use() -> sa.ScalarSelect[object]:
    """Until when a message under way, or a clinician's step to come, is of use."""
    messages = sa.select(outbound.c.useful_until.label("at")).where(
        outbound.c.clinic_id == enrollment.c.clinic_id,
        outbound.c.enrollment_id == enrollment.c.id,
        outbound.c.state.in_(_ON_ITS_WAY),
    )
    tasks = sa.select(staff_task.c.due_at.label("at")).where(
        staff_task.c.clinic_id == enrollment.c.clinic_id,
        staff_task.c.enrollment_id == enrollment.c.id,
        staff_task.c.done_at.is_(None),
        staff_task.c.due_at > product_now,
    )
    ahead = sa.union_all(messages.correlate(enrollment), tasks.correlate(enrollment)).subquery()
    return sa.select(sa.func.max(ahead.c.at)).correlate(enrollment).scalar_subquery()
