from datetime import UTC, datetime

import pytest

from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Effect, Reason
from services.reminders.enrollments.domain.holding import holding

DUE = datetime(2027, 5, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("reason", ["PAUSED", "OUTSIDE_WINDOW", "DAILY_CAP", "SNOOZED"])
def test_what_ends_by_itself_says_when(reason: str) -> None:
    found = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert found
    assert (found.code, found.until) == (reason, DUE)


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
def test_what_waits_for_somebody_says_no_time(reason: str) -> None:
    found = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert found
    assert (found.code, found.until) == (reason, None)


@pytest.mark.parametrize("reason", Reason)
def test_every_wait_is_shown_with_its_sentence_and_nothing_else_is(reason: Reason) -> None:
    found = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert (found is not None) is (reason.effect not in (Effect.NOTED, Effect.FINAL))
    assert found is None or found.text == reason.sentence


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
def test_nothing_is_held_that_only_waits_for_its_time(
    status: ReminderStatus, reason: str | None
) -> None:
    assert holding(status, reason, DUE) is None


def test_what_ends_a_reminder_when_it_is_due_is_shown_before_why_it_waits() -> None:
    found = holding(ReminderStatus.SCHEDULED, "PAUSED", DUE, Reason.NO_CONSENT)

    assert found
    assert (found.code, found.until) == ("NO_CONSENT", None)


def test_an_operator_holds_even_what_may_not_be_sent() -> None:
    found = holding(ReminderStatus.SCHEDULED, "HELD", DUE, Reason.NO_CONSENT)

    assert found
    assert found.code == "HELD"


def test_nothing_holds_what_is_over() -> None:
    assert holding(ReminderStatus.SKIPPED, None, DUE, Reason.NO_CONSENT) is None
