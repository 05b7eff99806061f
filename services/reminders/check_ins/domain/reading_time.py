"""When a person has to have read a text that no rule understands."""

from datetime import datetime, timedelta
from typing import Final

from services.contracts.catalog import AftercarePlan
from services.contracts.durations import parse_duration
from services.contracts.reminders import ClinicRecord
from services.contracts.words import ProcedureState
from services.reminders.core.clinic import after_open_time
from services.reminders.core.windows import NoSuchZone
from services.reminders.enrollments.domain.enrollment import Enrollment

LONGEST_IF_URGENT: Final = timedelta(hours=2)
"""How long a text that may be urgent waits, at any hour."""


def read_by(
    clinic: ClinicRecord, within: timedelta, *, now: datetime, may_be_urgent: bool
) -> datetime:
    """`within` counts in opening hours, or on the wall clock if the text may be urgent."""
    if may_be_urgent:
        return now + min(within, LONGEST_IF_URGENT)
    try:
        return after_open_time(clinic, now, within)
    except NoSuchZone:
        return now + within


def is_acute(enrollment: Enrollment, plan: AftercarePlan, at: datetime) -> bool:
    """Whether a moment is in the acute days after the procedure."""
    if enrollment.procedure_state in (ProcedureState.NO_SHOW, ProcedureState.CANCELLED):
        return False
    ended_at = enrollment.procedure_ended_at or enrollment.procedure_at
    return enrollment.procedure_at <= at < ended_at + parse_duration(plan.acute_for)
