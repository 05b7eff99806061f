"""Whether a due message is sent, now that it is due.

Planning asked most of these questions before. They are asked again because days have passed, and
the statement that begins an attempt asks about consent and suppression once more. Whether a
message may be sent at all is core.may_send; this module adds what its kind ignores, and when.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from services.contracts.catalog import AftercareStep
from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    MessageDetail,
    ProcedureState,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.core.holds import OF_ENROLLMENT
from services.reminders.core.may_send import SendFacts, why_not_sent
from services.reminders.core.message_text import MessageFacts, RenderedMessage, StepText
from services.reminders.core.outbound import Claim, OutboundKind
from services.reminders.core.patient import detail_allowed
from services.reminders.core.reasons import OPERATOR_HOLDS, PAST_USEFULNESS, Reason
from services.reminders.core.senders import SenderAddress
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
"""How long a message waits for staff before it is judged again."""

MOST_IDENTICAL: Final = 20
LOOP_WITHIN: Final = timedelta(minutes=5)
"""So many identical texts to one address within this are a loop; further ones are stopped.

They stay stopped until none was tried for as long. Which kinds count: Rule.LOOP.
"""

TOGETHER: Final = timedelta(minutes=10)
"""So long after one part of a text the next one may leave as if both had left at once."""

_UNTIL_ENROLLMENT_CHANGES = frozenset({Reason.ENROLLMENT_PAUSED, Reason.PROCEDURE_UNCONFIRMED})


class StandingConsent(msgspec.Struct, frozen=True, kw_only=True):
    """The newest consent of a patient for a channel and purpose."""

    id: int
    state: ConsentState
    detail: MessageDetail
    contact_point_id: int | None


class SentParts(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of a message's text that a provider has accepted: the first `count` of them.

    `until` is where they end in the text.
    """

    count: int
    until: int
    sender_id: int | None
    accepted_at: datetime


class DispatchFacts(msgspec.Struct, frozen=True, kw_only=True):
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
    part_accepted_at: datetime | None = None  # that of the last part, if others of its text follow


class DispatchContext(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed message with everything that deciding about it and sending it needs.

    `address_indexes` find the address, the one under the newest key first. The text is either
    `stored_text`, or rendered from `step` and `message_facts`. With `sent_parts` the rest of the
    stored text is to be sent.
    """

    claim: Claim
    facts: DispatchFacts
    address: str | None
    address_indexes: tuple[bytes, ...]
    senders: tuple[SenderAddress, ...]
    sender_lack: Reason | None = None  # why the clinic's first sender is not among them
    held_providers: Mapping[str, int] = {}  # and the hold of each
    refused_by: frozenset[str] = frozenset()  # providers that definitely did not take it
    step: AftercareStep | None = None
    message_facts: MessageFacts | None = None
    merged_steps: tuple[StepText, ...] = ()  # texts of other messages of the same hour
    stored_text: RenderedMessage | None = None
    sent_parts: SentParts | None = None


class Send(msgspec.Struct, frozen=True):
    detail: MessageDetail
    consent_id: int | None


class Drop(msgspec.Struct, frozen=True):
    """End it here: SKIPPED, EXPIRED, CANCELLED or FAILED."""

    state: ReminderStatus
    code: Reason


class Postpone(msgspec.Struct, frozen=True):
    """Back to SCHEDULED, due at a later moment of product time."""

    until: datetime
    code: Reason


class Park(msgspec.Struct, frozen=True):
    """Back to SCHEDULED, out of every worker's sight until the hold is released.

    OF_ENROLLMENT is not an operator's hold: it ends when the procedure is recorded or the
    enrollment changes.
    """

    hold_id: int
    code: Reason = Reason.HELD


Verdict = Send | Drop | Postpone | Park


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What this installation allows. `daily_cap`: reminders a patient, channel and day."""

    is_test_allowed: bool = False
    daily_cap: int | None = None


def decide(claim: Claim, facts: DispatchFacts, policy: Policy, *, now: datetime) -> Verdict:
    """Judge a claimed message at the product's `now`."""
    if now >= claim.useful_until:
        return Drop(ReminderStatus.EXPIRED, Reason.USEFULNESS_OVER)
    ignored = IGNORED[claim.kind] | _ignored_within(facts, now)
    reason = why_not_sent(_send_facts(claim, facts, ignored, policy, now=now))
    if reason is not None and reason.is_final:
        return Drop(ReminderStatus.SKIPPED, reason)
    if park := _park(reason, facts):
        return park
    later = _later(reason, facts, ignored, policy, now=now)
    if later is None:
        return _send(claim, facts, ignored)
    if later.until >= claim.useful_until:
        return Drop(ReminderStatus.EXPIRED, PAST_USEFULNESS[later.code])
    return later


def _ignored_within(facts: DispatchFacts, now: datetime) -> frozenset[Rule]:
    """What does not part a text whose beginning has just left."""
    at = facts.part_accepted_at
    is_recent = at is not None and now - at < TOGETHER
    return frozenset({Rule.WINDOW, Rule.CAP}) if is_recent else frozenset()


def _park(reason: Reason | None, facts: DispatchFacts) -> Park | None:
    if reason in OPERATOR_HOLDS and facts.hold_id is not None:
        return Park(facts.hold_id, reason)
    return Park(OF_ENROLLMENT, reason) if reason in _UNTIL_ENROLLMENT_CHANGES else None


def _send_facts(
    claim: Claim, facts: DispatchFacts, ignored: frozenset[Rule], policy: Policy, *, now: datetime
) -> SendFacts:
    """Leave out what the kind of message ignores."""
    suppressions = facts.suppressions
    if Rule.OPT_OUT in ignored:
        suppressions -= {SuppressionReason.OPT_OUT}
    send_facts = SendFacts(
        has_contact=facts.has_contact,
        suppressions=suppressions,
        consent=_consent_state(claim, facts.consent),
        needs_consent=Rule.CONSENT not in ignored,
        awaits_staff=facts.awaits_staff,
        is_held=facts.hold_id is not None and Rule.OPERATOR not in ignored,
        is_plan_withdrawn=facts.is_plan_withdrawn,
        mode=claim.mode,
        is_test_allowed=policy.is_test_allowed,
    )
    if Rule.HOLDS in ignored:
        return send_facts
    return msgspec.structs.replace(
        send_facts,
        enrollment_status=facts.enrollment_status,
        procedure_state=facts.procedure_state,
        awaits_procedure=facts.awaits_procedure,
        is_paused=facts.paused_until is not None and facts.paused_until > now,
    )


def _consent_state(claim: Claim, consent: StandingConsent | None) -> ConsentState | None:
    """Consent is for a contact point: a grant does not carry over to a new number."""
    if consent is None:
        return None
    is_for_another = consent.contact_point_id not in (None, claim.contact_point_id)
    return None if consent.state is ConsentState.GRANTED and is_for_another else consent.state


def _later(
    reason: Reason | None,
    facts: DispatchFacts,
    ignored: frozenset[Rule],
    policy: Policy,
    *,
    now: datetime,
) -> Postpone | None:
    """When to look at a message again that waits for a time, or for staff."""
    at = now
    if reason is Reason.PAUSED and facts.paused_until is not None:
        at = facts.paused_until
    elif reason is not None:
        at = now + LOOK_AGAIN
    elif Rule.CAP not in ignored and _is_over_cap(facts, policy):
        at, reason = _next_day(now, facts.window), Reason.DAILY_CAP
    if Rule.WINDOW not in ignored:
        opening = _opening(at, facts.window)
        if opening > at:
            at, reason = opening, reason or Reason.OUTSIDE_WINDOW
    return Postpone(at, reason) if reason else None


def _is_over_cap(facts: DispatchFacts, policy: Policy) -> bool:
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


def _send(claim: Claim, facts: DispatchFacts, ignored: frozenset[Rule]) -> Send:
    consent = facts.consent
    if consent is None or _consent_state(claim, consent) is not ConsentState.GRANTED:
        return Send(MessageDetail.DISCREET, None)
    detail = detail_allowed(
        facts.preferred_detail, consent.detail, is_shared=facts.is_shared_address
    )
    return Send(detail, None if Rule.CONSENT in ignored else consent.id)
