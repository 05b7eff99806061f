from datetime import UTC, datetime

import pytest

from services.contracts.words import ReminderStatus
from services.reminders.enrollments.domain.holding import Standing, holding

DUE = datetime(2027, 5, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize("reason", ["PAUSED", "OUTSIDE_WINDOW", "DAILY_CAP"])
def test_what_ends_by_itself_says_when(reason: str) -> None:
    found = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert found
    assert (found.code, found.until) == (reason, DUE)


@pytest.mark.parametrize("reason", ["HELD", "AWAITING_STAFF", "SENDER_WITHOUT_DATA_AGREEMENT"])
def test_what_waits_for_somebody_says_no_time(reason: str) -> None:
    found = holding(ReminderStatus.SCHEDULED, reason, DUE)

    assert found
    assert (found.code, found.until) == (reason, None)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (ReminderStatus.SCHEDULED, None),
        (ReminderStatus.SCHEDULED, "PLANNED"),
        (ReminderStatus.SKIPPED, "PAUSED"),
        (ReminderStatus.SENDING, "HELD"),
    ],
)
def test_nothing_is_held_that_only_waits_for_its_time(
    status: ReminderStatus, reason: str | None
) -> None:
    assert holding(status, reason, DUE) is None


def test_what_ends_a_reminder_when_it_is_due_is_shown_before_why_it_waits() -> None:
    found = holding(ReminderStatus.SCHEDULED, "PAUSED", DUE, Standing(barred="NO_CONSENT"))

    assert found
    assert (found.code, found.until) == ("NO_CONSENT", None)


def test_an_operator_holds_even_what_may_not_be_sent() -> None:
    found = holding(ReminderStatus.SCHEDULED, "HELD", DUE, Standing(barred="NO_CONSENT"))

    assert found
    assert found.code == "HELD"


def test_nothing_holds_what_is_over() -> None:
    assert holding(ReminderStatus.SKIPPED, None, DUE, Standing(barred="NO_CONSENT")) is None
