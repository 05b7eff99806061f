"""Whether a message may be sent: the one definition.

Planning asks it of a patient, dispatch of a due message, and the API shows its answer for what
waits. The statement that begins an attempt checks consent and suppression once more, because both
may change after a message was judged.
"""

from collections.abc import Collection

import msgspec

from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    Mode,
    ProcedureState,
    SuppressionReason,
)
from services.reminders.core.reasons import SUPPRESSED_FOR, Reason

_UNVERIFIED = (ConsentState.LAPSED, ConsentState.PENDING)
"""Given for another address, or not confirmed yet: planned messages wait for the patient."""


class SendFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is true of a message now.

    `consent` is the state of the newest entry for the channel and purpose; None if there is none,
    or if it was granted for another address.
    """

    has_contact: bool
    suppressions: Collection[SuppressionReason] = ()
    consent: ConsentState | None = None
    needs_consent: bool = True
    awaits_staff: bool = False  # to read what the owner wrote: it may be an opt-out
    is_held: bool = False  # by an operator
    is_plan_withdrawn: bool = False
    mode: Mode = Mode.LIVE
    is_test_allowed: bool = False
    enrollment_status: EnrollmentStatus | None = None
    procedure_state: ProcedureState | None = None
    awaits_procedure: bool = False  # of which nobody has recorded whether it took place
    is_paused: bool = False  # the patient asked for a pause


def why_not_sent(facts: SendFacts) -> Reason | None:
    """The first reason against sending: one that is final, or one that the message waits for.

    Returns None for what may be sent. Quiet hours, the daily cap and rates say when, not whether.
    """
    if facts.is_held:
        return Reason.PLAN_WITHDRAWN if facts.is_plan_withdrawn else Reason.HELD
    return _by_mode(facts) or _by_channel(facts) or _by_course(facts) or _not_yet(facts)


def _by_mode(facts: SendFacts) -> Reason | None:
    if facts.mode is Mode.ALLOWLIST:
        return Reason.NOT_ON_ALLOWLIST  # nobody is: there is no list yet
    if facts.mode is Mode.TEST and not facts.is_test_allowed:
        return Reason.TEST_MODE
    return None


def _by_channel(facts: SendFacts) -> Reason | None:
    if not facts.has_contact:
        return Reason.NO_CONTACT
    if facts.suppressions:
        return SUPPRESSED_FOR[min(facts.suppressions)]
    if facts.needs_consent and facts.consent not in (ConsentState.GRANTED, *_UNVERIFIED):
        return Reason.NO_CONSENT
    return None


def _by_course(facts: SendFacts) -> Reason | None:
    if facts.enrollment_status in (EnrollmentStatus.CANCELLED, EnrollmentStatus.COMPLETED):
        return Reason.ENROLLMENT_ENDED
    if facts.procedure_state in (ProcedureState.NO_SHOW, ProcedureState.CANCELLED):
        return Reason.PROCEDURE_NOT_DONE
    return None


def _not_yet(facts: SendFacts) -> Reason | None:
    if facts.enrollment_status is EnrollmentStatus.PAUSED:
        return Reason.ENROLLMENT_PAUSED
    if facts.awaits_procedure:
        return Reason.PROCEDURE_UNCONFIRMED
    if facts.is_paused:
        return Reason.PAUSED
    if facts.needs_consent and facts.consent in _UNVERIFIED:
        return Reason.NEEDS_VERIFICATION
    if facts.needs_consent and facts.awaits_staff:
        return Reason.AWAITING_STAFF
    return None
