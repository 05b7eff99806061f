from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.contracts.reminders import QuietHours
from services.contracts.words import (
    ConsentState,
    EnrollmentStatus,
    MessageDetail,
    Mode,
    ProcedureState,
    ReminderStatus,
    SuppressionReason,
)
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import SUPPRESSED_FOR, Reason
from services.reminders.core.windows import Window
from services.reminders.delivery.domain.dispatch import (
    IGNORED,
    LOOK_AGAIN,
    Drop,
    Park,
    Postpone,
    Rule,
    Send,
    StandingConsent,
)
from tests.support.reminders.dispatch_cases import GRANTED, MORNING, NIGHT, NOON, claim, judge


def skipped(reason: Reason) -> Drop:
    return Drop(ReminderStatus.SKIPPED, reason)


def test_sends_what_nothing_speaks_against() -> None:
    assert judge(claim()) == Send(MessageDetail.DISCREET, 5)


def test_expires_what_is_no_longer_useful() -> None:
    assert judge(claim(useful_until=NOON)) == Drop(ReminderStatus.EXPIRED, Reason.USEFULNESS_OVER)


def test_skips_a_reminder_without_consent() -> None:
    assert judge(claim(), consent=None) == skipped(Reason.NO_CONSENT)


def newest(state: ConsentState) -> StandingConsent:
    return StandingConsent(id=6, state=state, detail=MessageDetail.DISCREET, contact_point_id=1)


def test_skips_a_reminder_whose_consent_was_withdrawn() -> None:
    assert judge(claim(), consent=newest(ConsentState.WITHDRAWN)) == skipped(Reason.NO_CONSENT)


@pytest.mark.parametrize("state", [ConsentState.LAPSED, ConsentState.PENDING])
def test_holds_a_reminder_until_its_address_is_confirmed(state: ConsentState) -> None:
    verdict = judge(claim(), consent=newest(state))

    assert verdict == Postpone(NOON + LOOK_AGAIN, Reason.NEEDS_VERIFICATION)


def test_a_hold_for_an_unconfirmed_address_ends_with_usefulness() -> None:
    soon = claim(useful_until=NOON + timedelta(minutes=5))

    verdict = judge(soon, consent=newest(ConsentState.LAPSED))

    assert verdict == Drop(ReminderStatus.EXPIRED, Reason.NEEDS_VERIFICATION_PAST_USEFULNESS)


def test_a_consent_does_not_carry_over_to_another_number() -> None:
    assert judge(claim(contact_point_id=2)) == skipped(Reason.NO_CONSENT)


@pytest.mark.parametrize("reason", SuppressionReason)
def test_skips_a_suppressed_address(reason: SuppressionReason) -> None:
    verdict = judge(claim(), suppressions=frozenset({reason}))

    assert verdict == skipped(SUPPRESSED_FOR[reason])


def test_skips_when_there_is_no_address_any_more() -> None:
    assert judge(claim(), has_contact=False) == skipped(Reason.NO_CONTACT)


def test_skips_what_belongs_to_an_ended_enrollment() -> None:
    verdict = judge(claim(), enrollment_status=EnrollmentStatus.CANCELLED)

    assert verdict == skipped(Reason.ENROLLMENT_ENDED)


def test_asks_nobody_about_skin_that_was_never_treated() -> None:
    verdict = judge(claim(), procedure_state=ProcedureState.NO_SHOW)

    assert verdict == skipped(Reason.PROCEDURE_NOT_DONE)


def test_a_test_message_is_sent_in_development_only() -> None:
    about = claim(mode=Mode.TEST)

    assert judge(about) == skipped(Reason.TEST_MODE)
    assert isinstance(judge(about, is_test_allowed=True), Send)


def test_holds_a_reminder_at_night_until_the_window_opens() -> None:
    assert judge(claim(), now=NIGHT) == Postpone(MORNING, Reason.OUTSIDE_WINDOW)


def test_expires_a_reminder_that_would_be_useless_in_the_morning() -> None:
    verdict = judge(claim(useful_until=MORNING), now=NIGHT)

    assert verdict == Drop(ReminderStatus.EXPIRED, Reason.OUTSIDE_WINDOW_PAST_USEFULNESS)


def test_a_paused_patient_is_written_to_when_the_pause_is_over_and_the_window_open() -> None:
    verdict = judge(claim(), paused_until=NIGHT)

    assert verdict == Postpone(MORNING, Reason.PAUSED)


@pytest.mark.parametrize("kind", [OutboundKind.REPLY, OutboundKind.SAFETY])
def test_an_answer_goes_out_at_night_without_consent(kind: OutboundKind) -> None:
    assert isinstance(judge(claim(kind), now=NIGHT, consent=None), Send)


@pytest.mark.parametrize("kind", [OutboundKind.REPLY, OutboundKind.SAFETY])
def test_after_an_opt_out_not_even_a_safety_text_goes_out(kind: OutboundKind) -> None:
    verdict = judge(claim(kind), suppressions=frozenset({SuppressionReason.OPT_OUT}))

    assert verdict == skipped(Reason.SUPPRESSED_OPT_OUT)


def test_an_opt_out_is_confirmed_though_the_address_is_suppressed() -> None:
    about = claim(OutboundKind.OPT_OUT_CONFIRMATION)
    verdict = judge(
        about, consent=None, now=NIGHT, suppressions=frozenset({SuppressionReason.OPT_OUT})
    )

    assert isinstance(verdict, Send)


def test_a_number_that_does_not_work_gets_no_confirmation_either() -> None:
    about = claim(OutboundKind.OPT_OUT_CONFIRMATION)
    verdict = judge(about, suppressions=frozenset({SuppressionReason.INVALID}))

    assert verdict == skipped(Reason.SUPPRESSED_INVALID)


def test_reminders_and_corrections_ignore_neither_consent_nor_window() -> None:
    strict = {Rule.CONSENT, Rule.WINDOW, Rule.OPT_OUT}

    assert not strict & (IGNORED[OutboundKind.REMINDER] | IGNORED[OutboundKind.CORRECTION])


def test_every_kind_has_its_row() -> None:
    assert set(IGNORED) == set(OutboundKind)


DETAILED = StandingConsent(
    id=5, state=ConsentState.GRANTED, detail=MessageDetail.DETAILED, contact_point_id=1
)


def test_says_the_full_text_when_wanted_and_permitted() -> None:
    verdict = judge(claim(), consent=DETAILED, preferred_detail=MessageDetail.DETAILED)

    assert verdict == Send(MessageDetail.DETAILED, 5)


@pytest.mark.parametrize(
    "facts",
    [
        {"consent": DETAILED, "preferred_detail": MessageDetail.DISCREET},
        {"consent": GRANTED, "preferred_detail": MessageDetail.DETAILED},
        {
            "consent": DETAILED,
            "preferred_detail": MessageDetail.DETAILED,
            "is_shared_address": True,
        },
    ],
)
def test_says_the_least_otherwise(facts: dict[str, Any]) -> None:
    assert judge(claim(), **facts) == Send(MessageDetail.DISCREET, 5)


def test_quiet_hours_that_leave_no_time_expire_a_reminder() -> None:
    never = Window(ZoneInfo("UTC"), QuietHours(start=time(7), end=time(22)))

    verdict = judge(claim(), window=never)

    assert verdict == Drop(ReminderStatus.EXPIRED, Reason.OUTSIDE_WINDOW_PAST_USEFULNESS)


def test_a_held_message_is_neither_sent_nor_dropped() -> None:
    assert judge(claim(), hold_id=7) == Park(7)


def test_a_message_without_consent_is_held_rather_than_skipped() -> None:
    assert judge(claim(), hold_id=7, consent=None) == Park(7)


@pytest.mark.parametrize(
    "kind",
    [OutboundKind.SAFETY, OutboundKind.STAFF_ALERT, OutboundKind.OPT_OUT_CONFIRMATION],
)
def test_what_cannot_wait_ignores_holds_and_caps(kind: OutboundKind) -> None:
    verdict = judge(claim(kind), hold_id=7, daily_cap=1, before_it_today=9)

    assert isinstance(verdict, Send)


@pytest.mark.parametrize("kind", [OutboundKind.SAFETY, OutboundKind.STAFF_ALERT])
def test_what_cannot_wait_ignores_the_clinics_rate(kind: OutboundKind) -> None:
    assert Rule.FAIRNESS in IGNORED[kind]


def test_a_reminder_over_the_daily_cap_moves_to_the_next_day() -> None:
    verdict = judge(claim(), daily_cap=2, before_it_today=2)

    assert verdict == Postpone(MORNING, Reason.DAILY_CAP)


def test_a_reminder_within_the_daily_cap_is_sent() -> None:
    assert isinstance(judge(claim(), daily_cap=2, before_it_today=1), Send)


def test_a_reminder_that_keeps_no_day_expires_at_the_cap_and_says_so() -> None:
    brief = claim(useful_until=NOON + timedelta(hours=3))

    verdict = judge(brief, daily_cap=2, before_it_today=2)

    assert verdict == Drop(ReminderStatus.EXPIRED, Reason.DAILY_CAP_PAST_USEFULNESS)


def test_a_correction_does_not_wait_for_the_next_day() -> None:
    verdict = judge(claim(OutboundKind.CORRECTION), daily_cap=1, before_it_today=5)

    assert isinstance(verdict, Send)


@pytest.mark.parametrize("kind", [OutboundKind.REMINDER, OutboundKind.CORRECTION])
def test_what_may_be_an_opt_out_holds_until_a_person_has_read_it(kind: OutboundKind) -> None:
    verdict = judge(claim(kind), awaits_staff=True)

    assert verdict == Postpone(NOON + LOOK_AGAIN, Reason.AWAITING_STAFF)


@pytest.mark.parametrize(
    "kind", [OutboundKind.SAFETY, OutboundKind.REPLY, OutboundKind.OPT_OUT_CONFIRMATION]
)
def test_what_may_be_an_opt_out_holds_no_answer(kind: OutboundKind) -> None:
    assert isinstance(judge(claim(kind), awaits_staff=True), Send)
