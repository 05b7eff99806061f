from datetime import UTC, datetime

import pytest

from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Effect, Reason
from services.reminders.enrollments.domain.holding import holding

DUE = datetime(2027, 5, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("reason", ["PAUSED", "OUTSIDE_WINDOW", "DAILY_CAP", "SNOOZED"])
def test_a_wait_for_a_time_says_when(reason: str) -> None:
    shown = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert shown
    assert (shown.code, shown.until) == (reason, DUE)


@pytest.mark.parametrize(
    "reason",
    [
        "HELD",
        "PLAN_WITHDRAWN",
        "ENROLLMENT_PAUSED",
        "PROCEDURE_UNCONFIRMED",
        "NEEDS_VERIFICATION",
        "AWAITING_STAFF",
        "NO_SENDER",
        "SENDER_WITHOUT_DATA_AGREEMENT",
        "SENDER_WITHOUT_OPT_OUT",
        "SENDER_WITHOUT_POSTAL_ADDRESS",
    ],
)
def test_a_wait_for_a_person_says_no_time(reason: str) -> None:
    shown = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert shown
    assert (shown.code, shown.until) == (reason, None)


@pytest.mark.parametrize("reason", Reason)
def test_every_wait_is_shown_with_its_sentence_and_nothing_else_is(reason: Reason) -> None:
    shown = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert (shown is not None) is (reason.effect not in (Effect.NOTED, Effect.FINAL))
    assert shown is None or shown.text == reason.sentence


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (ReminderStatus.SCHEDULED, None),
        (ReminderStatus.SCHEDULED, "PLANNED"),
        (ReminderStatus.SCHEDULED, "30003"),
        (ReminderStatus.SKIPPED, "PAUSED"),
        (ReminderStatus.SENDING, "HELD"),
    ],
)
def test_a_reminder_that_only_waits_for_its_time_is_not_held(
    status: ReminderStatus, reason: str | None
) -> None:
    assert holding(status, reason, DUE) is None


def test_what_would_end_a_reminder_is_shown_before_what_it_waits_for() -> None:
    shown = holding(ReminderStatus.SCHEDULED, "PAUSED", DUE, Reason.NO_CONSENT)

    assert shown
    assert (shown.code, shown.until) == ("NO_CONSENT", None)


def test_an_operator_holds_even_what_may_not_be_sent() -> None:
    shown = holding(ReminderStatus.SCHEDULED, "HELD", DUE, Reason.NO_CONSENT)

    assert shown
    assert shown.code == "HELD"


def test_nothing_holds_a_reminder_that_has_ended() -> None:
    assert holding(ReminderStatus.SKIPPED, None, DUE, Reason.NO_CONSENT) is None
