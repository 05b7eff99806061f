"""Counts over all clinics, without personal data."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from services.contracts.enrollments import ReportRow
from services.contracts.operations import ReportEverywhere
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.repository import Repository
from services.reminders.database.tables import clinic, outbound

_FURTHEST_ZONE: Final = timedelta(hours=26)
"""No local day is further from UTC than this, so rows beyond it are not read."""


class CrossClinicReport(Repository):
    def count(self, ask: ReportEverywhere) -> tuple[ReportRow, ...]:
        """Count reminders by local day, channel and status."""
        day = sa.cast(sa.func.timezone(clinic.c.time_zone, outbound.c.due_at), sa.Date).label(
            "date"
        )
        columns = (day, outbound.c.channel, outbound.c.state.label("status"))
        first, last = sa.literal(ask.first, sa.Date()), sa.literal(ask.last, sa.Date())
        margin = sa.literal(_FURTHEST_ZONE, sa.Interval())
        statement = (
            sa.select(*columns, sa.func.count().label("count"))
            .join_from(clinic, outbound, outbound.c.clinic_id == clinic.c.id)
            .where(
                outbound.c.mode == ask.mode,
                outbound.c.kind == OutboundKind.REMINDER,
                outbound.c.due_at >= sa.cast(first, sa.DateTime(timezone=True)) - margin,
                outbound.c.due_at < sa.cast(last, sa.DateTime(timezone=True)) + margin + margin,
                day.between(first, last),
            )
            .group_by(*columns)
            .order_by(*columns)
        )
        return tuple(ReportRow(**row) for row in self._connection.execute(statement).mappings())
