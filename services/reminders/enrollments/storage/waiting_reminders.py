"""Reminders that wait to be sent, read and moved when a zone's rules change."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.contracts.operations import Place
from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.structs import struct_from
from services.reminders.database.decisions import decide
from services.reminders.database.fragments import IS_ITS_ENROLLMENT
from services.reminders.database.precompiled import rows
from services.reminders.database.repository import Repository
from services.reminders.database.tables import enrollment, outbound
from services.reminders.enrollments.domain.replanning import Timing, WaitingReminder

_WAITING = (ReminderStatus.SCHEDULED, ReminderStatus.MERGED)


class WaitingReminderRepository(Repository):
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
        return [
            struct_from(WaitingReminder, row, timing=struct_from(Timing, row))
            for row in self._connection.execute(statement)
        ]

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
