"""Whether a due message is sent, now that it is due.

Planning asked most of these questions before. They are asked again because days have passed, and
the statement that begins an attempt asks about consent and suppression once more.
"""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

import msgspec

from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.core.claim import Claim
from services.reminders.core.consent import detail_allowed
from services.reminders.core.holds import OF_ENROLLMENT
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.windows import NoOpening, Window, instant, next_opening


class Rule(StrEnum):
    """What may keep a message from being sent."""

    CONSENT = "CONSENT"
    HOLDS = "HOLDS"  # a paused patient or enrollment, a procedure that did not take place
    OPT_OUT = "OPT_OUT"  # a suppression for another reason holds for every kind
    WINDOW = "WINDOW"
    OPERATOR = "OPERATOR"  # an operator's hold on a clinic, channel, provider or plan
    CAP = "CAP"  # so many messages a day
    FAIRNESS = "FAIRNESS"  # the clinic's rate
    LOOP = "LOOP"  # the same text to one address, over and over


IGNORED: dict[OutboundKind, frozenset[Rule]] = {
    OutboundKind.REMINDER: frozenset(),
    # What puts a message right must not wait for tomorrow.
    OutboundKind.CORRECTION: frozenset({Rule.HOLDS, Rule.CAP}),
    OutboundKind.NUDGE: frozenset({Rule.CAP}),  # it belongs to a question that was let through
    # A patient who writes at two in the morning is answered then.
    OutboundKind.REPLY: frozenset({Rule.CONSENT, Rule.HOLDS, Rule.WINDOW, Rule.CAP}),
    # After an opt-out not even a safety text goes out: staff are alerted to phone instead.
    OutboundKind.SAFETY: frozenset(Rule) - {Rule.OPT_OUT},
    OutboundKind.STAFF_ALERT: frozenset(Rule),
    OutboundKind.OPT_OUT_CONFIRMATION: frozenset(Rule),
}
"""Which kind of message ignores which rule: the one place that says so."""


LOOK_AGAIN = timedelta(minutes=15)
"""How long a message waits for staff before it is judged anew."""


class StandingConsent(msgspec.Struct, frozen=True, kw_only=True):
    """The newest consent of a patient for a channel and purpose."""

    id: int
    state: ConsentState
    detail: MessageDetail
    contact_point_id: int | None


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What is true about a message's patient, address and enrollment at this moment."""

    has_contact: bool
    suppressions: frozenset[SuppressionReason] = frozenset()
    consent: StandingConsent | None = None
    preferred_detail: MessageDetail = MessageDetail.DISCREET
    is_shared_address: bool = False
    awaits_staff: bool = False  # its owner may have opted out: a person is to read what they wrote
    window: Window
    paused_until: datetime | None = None
    enrollment_status: EnrollmentStatus | None = None
    procedure_state: ProcedureState | None = None
    awaits_procedure: bool = False  # for skin that nobody has said was treated
    hold_id: int | None = None
    is_plan_withdrawn: bool = False
    before_it_today: int = 0  # reminders that were begun today, or go first


class Send(msgspec.Struct, frozen=True):
    detail: MessageDetail
    consent_id: int | None


class Drop(msgspec.Struct, frozen=True):
    """End it here: SKIPPED, EXPIRED, CANCELLED or FAILED."""

    state: ReminderStatus
    code: str


class Postpone(msgspec.Struct, frozen=True):
    """Back to SCHEDULED, due at a later moment of product time."""

    until: datetime
    code: str


class Park(msgspec.Struct, frozen=True):
    """Back to SCHEDULED, out of every worker's sight until the hold is released.

    OF_ENROLLMENT is no operator's hold: it ends when something becomes of the enrollment.
    """

    hold_id: int
    code: str = "HELD"


Verdict = Send | Drop | Postpone | Park


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What this installation allows. `daily_cap`: reminders a patient, channel and day."""

    is_test_allowed: bool = False
    daily_cap: int | None = None


def decide(claim: Claim, facts: Circumstances, policy: Policy, *, now: datetime) -> Verdict:
    """Judge a claimed message at the product's `now`."""
    if now >= claim.useful_until:
        return Drop(ReminderStatus.EXPIRED, "USEFULNESS_OVER")
    ignored = IGNORED[claim.kind]
    if facts.hold_id is not None and Rule.OPERATOR not in ignored:
        return Park(facts.hold_id, "PLAN_WITHDRAWN" if facts.is_plan_withdrawn else "HELD")
    code = _reason_to_skip(claim, facts, ignored, is_test_allowed=policy.is_test_allowed)
    if code:
        return Drop(ReminderStatus.SKIPPED, code)
    later = _kept_back(facts, ignored) or _reason_to_wait(facts, ignored, policy, now=now)
    if later is None:
        return _send(claim, facts, ignored)
    if isinstance(later, Postpone) and later.until >= claim.useful_until:
        return Drop(ReminderStatus.EXPIRED, f"{later.code}_PAST_USEFULNESS")
    return later


def _reason_to_skip(
    claim: Claim, facts: Circumstances, ignored: frozenset[Rule], *, is_test_allowed: bool
) -> str | None:
    if claim.mode is Mode.ALLOWLIST:
        return "NOT_ON_ALLOWLIST"  # nobody is: there is no list yet
    if claim.mode is Mode.TEST and not is_test_allowed:
        return "TEST_MODE"
    if not facts.has_contact:
        return "NO_CONTACT"
    if reason := _suppression(facts, ignored):
        return f"SUPPRESSED_{reason}"
    is_missing = not (_is_granted(claim, facts.consent) or _is_unverified(facts.consent))
    if Rule.CONSENT not in ignored and is_missing:
        return "NO_CONSENT"
    return None if Rule.HOLDS in ignored else _ended(facts)


def _suppression(facts: Circumstances, ignored: frozenset[Rule]) -> SuppressionReason | None:
    standing = set(facts.suppressions)
    if Rule.OPT_OUT in ignored:
        standing.discard(SuppressionReason.OPT_OUT)
    return min(standing, default=None)


def _is_granted(claim: Claim, consent: StandingConsent | None) -> bool:
    """Consent is for a contact point: it does not carry over to a new number."""
    return (
        consent is not None
        and consent.state is ConsentState.GRANTED
        and consent.contact_point_id in (None, claim.contact_point_id)
    )


def _is_unverified(consent: StandingConsent | None) -> bool:
    """Given for another address, or not confirmed yet: what is planned waits for the patient."""
    return consent is not None and consent.state in (ConsentState.LAPSED, ConsentState.PENDING)


def _ended(facts: Circumstances) -> str | None:
    if facts.enrollment_status in (EnrollmentStatus.CANCELLED, EnrollmentStatus.COMPLETED):
        return "ENROLLMENT_ENDED"
    if facts.procedure_state in (ProcedureState.NO_SHOW, ProcedureState.CANCELLED):
        return "PROCEDURE_NOT_DONE"
    return None


def _kept_back(facts: Circumstances, ignored: frozenset[Rule]) -> Park | None:
    """Why a message waits for somebody to act, and not for a time."""
    if Rule.HOLDS in ignored:
        return None
    if facts.enrollment_status is EnrollmentStatus.PAUSED:
        return Park(OF_ENROLLMENT, "ENROLLMENT_PAUSED")
    return Park(OF_ENROLLMENT, "PROCEDURE_UNCONFIRMED") if facts.awaits_procedure else None


def _reason_to_wait(
    facts: Circumstances, ignored: frozenset[Rule], policy: Policy, *, now: datetime
) -> Postpone | None:
    at, code = now, ""
    if Rule.HOLDS not in ignored and facts.paused_until and facts.paused_until > at:
        at, code = facts.paused_until, "PAUSED"
    elif Rule.CONSENT not in ignored and _is_unverified(facts.consent):
        at, code = now + LOOK_AGAIN, "NEEDS_VERIFICATION"
    elif Rule.CONSENT not in ignored and facts.awaits_staff:
        at, code = now + LOOK_AGAIN, "AWAITING_STAFF"
    elif Rule.CAP not in ignored and _is_over_cap(facts, policy):
        at, code = _next_day(now, facts.window), "DAILY_CAP"
    if Rule.WINDOW not in ignored:
        opening = _opening(at, facts.window)
        if opening > at:
            at, code = opening, code or "OUTSIDE_WINDOW"
    return Postpone(at, code) if code else None


def _is_over_cap(facts: Circumstances, policy: Policy) -> bool:
    return policy.daily_cap is not None and facts.before_it_today >= policy.daily_cap


def _next_day(now: datetime, window: Window) -> datetime:
    tomorrow = now.astimezone(window.zone).date() + timedelta(days=1)
    return instant(tomorrow, time(0), window.zone)


def _opening(at: datetime, window: Window) -> datetime:
    """Quiet hours that leave no time at all hold a message until it expires."""
    try:
        return next_opening(at, window)
    except NoOpening:
        return datetime.max.replace(tzinfo=UTC)


def _send(claim: Claim, facts: Circumstances, ignored: frozenset[Rule]) -> Send:
    consent = facts.consent
    if consent is None or not _is_granted(claim, consent):
        return Send(MessageDetail.DISCREET, None)
    detail = detail_allowed(
        facts.preferred_detail, consent.detail, is_shared=facts.is_shared_address
    )
    return Send(detail, None if Rule.CONSENT in ignored else consent.id)
