"""Short forms of what tests of moved enrollments ask for."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.enrollments import (
    ChangeEffect,
    ChangeReply,
    RecordProcedure,
    ReminderChange,
    RescheduleEnrollment,
)
from services.contracts.reminders import EnrollmentRecord, ReminderRecord
from services.contracts.words import ProcedureState, ReminderStatus
from services.reminders.database.tables import outbound
from tests.support.reminders.aftercare import NOW, Clinic, consent

VISIT = NOW + timedelta(days=2)
"""When the procedure of `Clinic.enroll` takes place."""


def enrolled(clinic: Clinic, **changes: Any) -> EnrollmentRecord:
    """A patient who is reached by text alone."""
    patient = clinic.register(consents=(consent(Channel.SMS),))
    return clinic.enroll(patient.id, **changes)


def reschedule(clinic: Clinic, number: int, to: datetime, **changes: Any) -> ChangeReply:
    command = RescheduleEnrollment(
        scope=clinic.scope(), enrollment_id=number, procedure_at=to, **changes
    )
    return clinic.service.do(command)


def record(
    clinic: Clinic,
    number: int,
    state: ProcedureState = ProcedureState.PERFORMED,
    **changes: Any,
) -> ChangeReply:
    command = RecordProcedure(scope=clinic.scope(), enrollment_id=number, state=state, **changes)
    return clinic.service.do(command)


def effects(changes: tuple[ReminderChange, ...]) -> dict[str, str]:
    """Effects on steps, of one channel, so that each has one; a correction is no step's."""
    return {
        change.step_key: str(change.effect)
        for change in changes
        if change.effect is not ChangeEffect.CORRECTION
    }


def newest(clinic: Clinic, step_key: str) -> ReminderRecord:
    reminders = [reminder for reminder in clinic.reminders() if reminder.step_key == step_key]
    return max(reminders, key=lambda reminder: reminder.id)


def put(engine: sa.Engine, reminder_id: int, state: ReminderStatus, **values: Any) -> None:
    """Let a reminder be in this state, however it came there."""
    with engine.begin() as connection:
        connection.execute(
            sa.update(outbound).where(outbound.c.id == reminder_id).values(state=state, **values)
        )


def everything(engine: sa.Engine) -> list[tuple[object, ...]]:
    """All rows of messages, decisions, tasks and enrollments."""
    tables = ("outbound", "decision", "staff_task", "enrollment", "enrollment_event", "idempotency")
    with engine.connect() as connection:
        return [
            tuple(row)
            for table in tables
            for row in connection.execute(
                sa.text(f"select * from reminders.{table} order by clinic_id, id")  # noqa: S608 - our own names
            )
        ]
