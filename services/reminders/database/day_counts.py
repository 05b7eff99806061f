"""Counts of reminders by the local day on which they are due.

The days are computed here and not by PostgreSQL, which has time zone data of its own.
"""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.enrollments import ReportRow
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.windows import day_starts
from services.reminders.database.columns import INSTANT
from services.reminders.database.tables import outbound


def count_by_day(
    connection: sa.Connection,
    days: tuple[date, date],
    zone: ZoneInfo,
    *which: sa.ColumnElement[bool],
) -> list[ReportRow]:
    """Count reminders by day, channel and status. The first and the last day are included."""
    first, last = days
    starts = day_starts(first, last, zone)
    number: sa.ColumnElement[Any] = sa.func.width_bucket(
        outbound.c.due_at, sa.literal(starts, ARRAY(INSTANT)), type_=sa.Integer
    ).label("number")
    columns = (number, outbound.c.channel, outbound.c.state)
    statement = (
        sa.select(*columns, sa.func.count())
        .where(
            outbound.c.kind == OutboundKind.REMINDER,
            outbound.c.due_at >= starts[0],
            outbound.c.due_at < starts[-1],
            *which,
        )
        .group_by(*columns)
        .order_by(*columns)
    )
    return [
        ReportRow(date=first + timedelta(days=day - 1), channel=channel, status=status, count=count)
        for day, channel, status, count in connection.execute(statement)
    ]
