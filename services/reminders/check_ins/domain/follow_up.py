"""Decides which messages that never reached a patient need a person."""

from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import Purpose, StepKind
from services.contracts.words import (
    EnrollmentStatus,
    ProcedureState,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import SUPPRESSED_FOR, Reason

MAY_HAVE_ARRIVED: Final = (
    ReminderStatus.SENDING,
    ReminderStatus.ACCEPTED,
    ReminderStatus.DELIVERED,
    ReminderStatus.UNKNOWN,
)
"""A message in one of these states may have arrived, so its question may be answered."""

LOST: Final = (
    ReminderStatus.FAILED,
    ReminderStatus.UNDELIVERED,
    ReminderStatus.EXPIRED,
    ReminderStatus.SKIPPED,
)

_INTENDED: Final = frozenset(
    {
        Reason.LATE_SKIPPED,
        Reason.LATE_EXPIRED,
        Reason.WINDOW_EXPIRED,
        Reason.PAUSED_PAST_USEFULNESS,
        Reason.ENROLLMENT_CANCELLED,
        Reason.ENROLLMENT_ENDED,
        Reason.PROCEDURE_NOT_DONE,
        Reason.TEST_MODE,
        Reason.NOT_ON_ALLOWLIST,
    }
)
"""Nobody wanted the message sent, or staff were told at enrollment that it would not be."""

_NO_WAY: Final = frozenset(
    {
        Reason.OPTED_OUT,
        Reason.NO_CONTACT,
        Reason.NO_CONSENT,
        Reason.SUPPRESSED,
        *SUPPRESSED_FOR.values(),
    }
)
"""No address of the patient could be used, or no consent permitted it."""


_OPTED_OUT: Final = frozenset({Reason.OPTED_OUT, SUPPRESSED_FOR[SuppressionReason.OPT_OUT]})


class LostMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that ended without reaching the patient. `ended_at` is in product time."""

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
    UNREACHED = "UNREACHED"  # a question did not reach the patient
    OPTED_OUT = "OPTED_OUT"  # the patient has opted out, so no message reaches them
    UNREACHABLE = "UNREACHABLE"  # a care message did not reach the patient
    MUST_PHONE = "MUST_PHONE"  # a safety text did not reach the patient


def consequence(lost: LostMessage) -> Consequence | None:
    """What follows from a lost message, given that no other one reached the patient."""
    if lost.kind is OutboundKind.SAFETY:
        return Consequence.MUST_PHONE
    if not _is_unintended(lost) or _is_over(lost):
        return None
    if lost.reason in _OPTED_OUT and lost.purpose is Purpose.CARE:
        return Consequence.OPTED_OUT
    if lost.step_kind is StepKind.CHECK_IN:
        return Consequence.UNREACHED
    if lost.purpose is not Purpose.CARE or lost.reason == Reason.RENDER_FAILED:
        return None  # not care, or staff have a task about the text already
    return Consequence.UNREACHABLE


def _is_unintended(lost: LostMessage) -> bool:
    if lost.reason in _INTENDED:
        return False
    return lost.state is not ReminderStatus.SKIPPED or lost.reason in _NO_WAY


def _is_over(lost: LostMessage) -> bool:
    """Whether care had ended, was paused, or had not begun."""
    if lost.enrollment_status in (EnrollmentStatus.CANCELLED, EnrollmentStatus.PAUSED):
        return True
    is_unconfirmed = lost.procedure_state is not ProcedureState.PERFORMED
    return is_unconfirmed and lost.ended_at > lost.procedure_at
