"""Which messages that never reached a patient a person must see to."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import Purpose, StepKind
from services.contracts.words import EnrollmentStatus, ProcedureState, ReminderStatus
from services.reminders.core.outbound import OutboundKind

LEFT: Final = (
    ReminderStatus.SENDING,
    ReminderStatus.ACCEPTED,
    ReminderStatus.DELIVERED,
    ReminderStatus.UNKNOWN,
)
"""A message in one of these may have arrived, so that its question may be answered."""

LOST: Final = (
    ReminderStatus.FAILED,
    ReminderStatus.UNDELIVERED,
    ReminderStatus.EXPIRED,
    ReminderStatus.SKIPPED,
)

_TOLD_AT_ENROLLMENT: Final = ("LATE_", "WINDOW_EXPIRED")
_MEANT: Final = ("PAUSED", "ENROLLMENT", "PROCEDURE", "HELD", "TEST_MODE", "NOT_ON_ALLOWLIST")
"""Codes that begin like this say that nobody wanted it sent."""

_NO_WAY: Final = ("OPTED_OUT", "SUPPRESSED", "NO_CONTACT", "NO_CONSENT", "NEEDS_VERIFICATION")


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A message that ended without reaching the patient. `ended_at` is product time."""

    clinic_id: int
    id: int
    patient_id: int
    enrollment_id: int
    step_key: str | None
    kind: OutboundKind
    step_kind: StepKind | None
    purpose: Purpose
    state: ReminderStatus
    reason: str | None
    ended_at: datetime
    enrollment_status: EnrollmentStatus
    procedure_state: ProcedureState
    procedure_at: datetime


class Consequence(StrEnum):
    UNREACHED = "UNREACHED"  # a question was not put to the patient
    UNREACHABLE = "UNREACHABLE"  # care did not reach them
    MUST_PHONE = "MUST_PHONE"  # nor did the safety text


def consequence(ended: Ended) -> Consequence | None:
    """What a person is asked to see to, if the patient was reached in no other way."""
    if ended.kind is OutboundKind.SAFETY:
        return Consequence.MUST_PHONE
    if not _is_unwelcome(ended) or _is_over(ended):
        return None
    if ended.step_kind is StepKind.CHECK_IN:
        return Consequence.UNREACHED
    if ended.purpose is not Purpose.CARE or ended.reason == "RENDER_FAILED":
        return None  # marketing is no care, and of a text that failed staff know already
    return Consequence.UNREACHABLE


def _is_unwelcome(ended: Ended) -> bool:
    reason = ended.reason or ""
    if reason.startswith((*_TOLD_AT_ENROLLMENT, *_MEANT)):
        return False
    return ended.state is not ReminderStatus.SKIPPED or reason.startswith(_NO_WAY)


def _is_over(ended: Ended) -> bool:
    """Whether care was no longer, or not yet, to be given."""
    if ended.enrollment_status in (EnrollmentStatus.CANCELLED, EnrollmentStatus.PAUSED):
        return True
    is_held = ended.procedure_state is not ProcedureState.PERFORMED
    return is_held and ended.ended_at > ended.procedure_at
