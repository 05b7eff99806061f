"""Reminders that wait to be sent, read and moved when a zone's rules change."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.contracts.operations import Place
from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.fragments import IS_ITS_ENROLLMENT
from services.reminders.database.tables import enrollment, outbound
from services.reminders.database.unnest import rows
from services.reminders.enrollments.domain.replanning import Timing
from services.reminders.enrollments.domain.waiting_reminder import WaitingReminder

_WAITING = (ReminderStatus.SCHEDULED, ReminderStatus.MERGED)


class WaitingReminderRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def after(self, place: Place, limit: int) -> Sequence[WaitingReminder]:
        """Lock reminders that wait to be sent, in order, except those that others have locked."""
        own = sa.tuple_(outbound.c.clinic_id, outbound.c.id)
        statement: sa.Select[*tuple[Any, ...]] = (
            sa.select(
                *(outbound.c.clinic_id, outbound.c.id, outbound.c.step_key),
                *(outbound.c.state_reason, outbound.c.due_at, outbound.c.useful_until),
                outbound.c.local_due_at,
                sa.func.coalesce(outbound.c.plan_version_id, enrollment.c.plan_version_id).label(
                    "plan_version_id"
                ),
            )
            .join_from(outbound, enrollment, IS_ITS_ENROLLMENT)
            .where(
                own > place,
                outbound.c.kind == OutboundKind.REMINDER,
                outbound.c.state.in_(_WAITING),
            )
            .order_by(outbound.c.clinic_id, outbound.c.id)
            .limit(limit)
            .with_for_update(of=outbound, skip_locked=True)
        )
        return [_waiting(row) for row in self._connection.execute(statement)]

    def retime(self, retimed: Sequence[tuple[WaitingReminder, Timing]]) -> None:
        if not retimed:
            return
        new = rows(
            "new",
            clinic_id=[reminder.clinic_id for reminder, _ in retimed],
            id=[reminder.id for reminder, _ in retimed],
            due_at=[timing.due_at for _, timing in retimed],
            useful_until=[timing.useful_until for _, timing in retimed],
            local_due_at=[timing.local_due_at for _, timing in retimed],
        )
        self._connection.execute(
            sa.update(outbound)
            .where(outbound.c.clinic_id == new.c.clinic_id, outbound.c.id == new.c.id)
            .values(
                due_at=new.c.due_at,
                useful_until=new.c.useful_until,
                local_due_at=new.c.local_due_at,
            )
        )
        decide(self._connection, [reminder.place for reminder, _ in retimed], Reason.REPLANNED)


def _waiting(row: sa.Row[Any]) -> WaitingReminder:
    return WaitingReminder(
        clinic_id=row.clinic_id,
        id=row.id,
        plan_version_id=row.plan_version_id,
        step_key=row.step_key,
        state_reason=row.state_reason,
        timing=Timing(
            due_at=row.due_at, useful_until=row.useful_until, local_due_at=row.local_due_at
        ),
    )
