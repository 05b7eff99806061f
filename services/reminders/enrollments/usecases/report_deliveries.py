"""Counts what became of a clinic's reminders by day."""

from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.contracts.enrollments import ReportDeliveries, ReportRow
from services.contracts.reminders import ClinicRecord
from services.reminders.core.windows import instant
from services.reminders.enrollments.storage.reminders import ReminderRepository
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork

LONGEST_REPORT: Final = timedelta(days=366)


def report_deliveries(
    uow: EnrollmentsUnitOfWork, asks: Sequence[ReportDeliveries]
) -> list[tuple[ReportRow, ...]]:
    """Count by the clinic's calendar; no rows for an unknown clinic or days in the wrong order."""
    clinics = uow.clinics.get({ask.scope.clinic_id for ask in asks})
    return [_report(uow.reminders, ask, clinics) for ask in asks]


def _report(
    reminders: ReminderRepository, ask: ReportDeliveries, clinics: Mapping[int, ClinicRecord]
) -> tuple[ReportRow, ...]:
    clinic = clinics.get(ask.scope.clinic_id)
    days = ask.last - ask.first
    if clinic is None or not timedelta(0) <= days <= LONGEST_REPORT:
        return ()
    zone = ZoneInfo(clinic.time_zone)
    since = instant(ask.first, time(0), zone)
    before = instant(ask.last + timedelta(days=1), time(0), zone)
    return tuple(reminders.count_by_day(ask, clinic.time_zone, since, before))
