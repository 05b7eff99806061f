"""Check-ins and escalations with a due timer, in batches that a dispatcher locks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import CheckInLevel, Mode, ReminderStatus
from services.reminders.check_ins.domain.check_in import CheckIn
from services.reminders.check_ins.domain.escalation import DueEscalation, UnreadTask
from services.reminders.check_ins.storage.check_ins import CheckInRepository
from services.reminders.clinics.domain.alert_contact import OPERATOR_TIER
from services.reminders.core.key import Key
from services.reminders.core.structs import struct_from
from services.reminders.database.fragments import is_row, locked_batch
from services.reminders.database.tables import (
    alert,
    check_in,
    escalation,
    inbound_message,
    outbound,
    patient,
    staff_task,
)

_BATCH = 50
_CANNOT_ARRIVE = (
    *(ReminderStatus.FAILED, ReminderStatus.UNDELIVERED, ReminderStatus.EXPIRED),
    *(ReminderStatus.SKIPPED, ReminderStatus.CANCELLED),
)


class DueTimers:
    """In the transaction of one round."""

    def __init__(self, connection: sa.Connection, check_ins: CheckInRepository) -> None:
        self._connection = connection
        self._check_ins = check_ins

    def to_nudge(self) -> Sequence[CheckIn]:
        """Claim the questions whose nudge is due, each once."""
        silent = sa.and_(
            check_in.c.level == CheckInLevel.WAITING,
            check_in.c.nudge_at <= product_now,
            check_in.c.closes_at > product_now,
        )
        return self._claim(silent, check_in.c.nudge_at, nudge_at=None)

    def set_nudge(self, nudged: CheckIn, outbound_id: int) -> None:
        self._connection.execute(
            sa.update(check_in)
            .where(check_in.c.clinic_id == nudged.key.clinic_id, check_in.c.id == nudged.key.id)
            .values(nudge_id=outbound_id)
        )

    def close_silent(self) -> Sequence[CheckIn]:
        """Close the questions that were not answered in time as UNREACHED."""
        silent = sa.and_(
            check_in.c.level == CheckInLevel.WAITING, check_in.c.closes_at <= product_now
        )
        values: dict[str, Any] = {"level": CheckInLevel.UNREACHED, "nudge_at": None}
        return self._claim(silent, check_in.c.closes_at, **values)

    def to_alert(self) -> Sequence[DueEscalation]:
        """Lock the escalations whose next tier is due, or whose last alerts cannot arrive."""
        due = (
            sa.select(escalation)
            .where(
                escalation.c.alert_at.is_not(None),
                sa.or_(escalation.c.alert_at <= product_now, _cannot_arrive()),
            )
            .order_by(escalation.c.alert_at)
            .limit(_BATCH)
            .with_for_update(skip_locked=True)
        )
        return [
            struct_from(
                DueEscalation,
                row,
                tier=row.rung,
                alerted_from=row.alerted_from or row.opened_at,
            )
            for row in self._connection.execute(due)
        ]

    def advance(self, due: DueEscalation, tier: int, at: datetime) -> None:
        """Alert the next tier at a time."""
        self._connection.execute(
            sa.update(escalation)
            .where(escalation.c.clinic_id == due.clinic_id, escalation.c.id == due.id)
            .values(rung=tier, alert_at=at)
        )

    def unread(self) -> Sequence[UnreadTask]:
        """Claim the tasks that are open past their time, each once."""
        return [
            UnreadTask(
                clinic_id=row.clinic_id,
                id=row.id,
                mode=Mode(row.its_mode),
                patient_id=row.patient_id,
                inbound_id=row.inbound_id,
                opened_at=row.opened_at,
            )
            for row in self._connection.execute(_climbing())
        ]

    def _claim(
        self, which: sa.ColumnElement[bool], order: sa.ColumnElement[Any], **values: object
    ) -> Sequence[CheckIn]:
        due = sa.select(check_in.c.clinic_id, check_in.c.id).where(which).order_by(order)
        batch = locked_batch(due, _BATCH)
        claimed = self._connection.execute(
            sa.update(check_in)
            .where(is_row(check_in, batch))
            .values(**values)
            .returning(check_in.c.clinic_id, check_in.c.mode, check_in.c.id)
        )
        keys = [Key(row.clinic_id, row.mode, row.id) for row in claimed]
        return list(self._check_ins.get(keys).values())


def _climbing() -> sa.Select[*tuple[Any, ...]]:
    batch = (
        sa.select(staff_task.c.clinic_id, staff_task.c.id)
        .where(staff_task.c.climbs_at <= product_now, staff_task.c.done_at.is_(None))
        .order_by(staff_task.c.climbs_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
        .cte("batch")
        .prefix_with("MATERIALIZED")
    )
    task = (
        sa.update(staff_task)
        .where(staff_task.c.clinic_id == batch.c.clinic_id, staff_task.c.id == batch.c.id)
        .values(climbs_at=None)
        .returning(staff_task)
        .cte("task")
    )
    mode = sa.func.coalesce(patient.c.mode, inbound_message.c.mode, str(Mode.LIVE))
    is_its_patient = sa.and_(
        patient.c.clinic_id == task.c.clinic_id, patient.c.id == task.c.patient_id
    )
    is_its_text = sa.and_(
        inbound_message.c.clinic_id == task.c.clinic_id,
        inbound_message.c.id == task.c.inbound_id,
    )
    return (
        sa.select(task, mode.label("its_mode"))
        .outerjoin(patient, is_its_patient)
        .outerjoin(inbound_message, is_its_text)
    )


def _cannot_arrive() -> sa.ColumnElement[bool]:
    """Whether none of the newest alerts can still arrive, so that the next tier is due at once.

    Past the last tier, all contacts are alerted again anyway, and not sooner.
    """
    newest = sa.and_(
        is_row(escalation, alert, "escalation_id"),
        alert.c.round == escalation.c.round,
        alert.c.rung == escalation.c.rung - 1,
    )
    may_arrive = sa.not_(
        sa.or_(
            outbound.c.state.in_(_CANNOT_ARRIVE),
            sa.and_(outbound.c.state == ReminderStatus.SCHEDULED, outbound.c.attempts > 0),
        )
    )
    its_message = is_row(outbound, alert, "outbound_id")
    return sa.and_(
        escalation.c.rung.between(1, OPERATOR_TIER),
        sa.exists().where(newest).correlate(escalation),
        ~sa.exists().where(newest, its_message, may_arrive).correlate(escalation),
    )
