"""Counts over all clinics, without personal data."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.enrollments import ReportRow
from services.contracts.operations import ReportEverywhere
from services.contracts.words import ReminderStatus
from services.reminders.database.day_counts import count_by_day
from services.reminders.database.repository import Repository
from services.reminders.database.tables import clinic, outbound


class CrossClinicReport(Repository):
    def count(self, ask: ReportEverywhere) -> tuple[ReportRow, ...]:
        """Count reminders by each clinic's local day, channel and status."""
        counts: Counter[tuple[date, Channel, ReminderStatus]] = Counter()
        for zone in self._connection.scalars(sa.select(clinic.c.time_zone).distinct()).all():
            in_zone = sa.select(clinic.c.id).where(clinic.c.time_zone == zone)
            for row in count_by_day(
                self._connection,
                (ask.first, ask.last),
                ZoneInfo(zone),
                outbound.c.mode == ask.mode,
                outbound.c.clinic_id.in_(in_zone),
            ):
                counts[row.date, row.channel, row.status] += row.count
        return tuple(
            ReportRow(date=day, channel=channel, status=status, count=count)
            for (day, channel, status), count in sorted(counts.items())
        )
