"""What staff do to one reminder."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from services.contracts.enrollments import (
    CancelReminder,
    ReminderReply,
    RetryReminder,
    SnoozeReminder,
)
from services.contracts.errors import UserErrorCode
from services.contracts.words import ReminderStatus
from tests.support.reminders.aftercare import NOW, Clinic
from tests.support.reminders.moving import VISIT, enrolled, newest, put


def snooze(clinic: Clinic, number: int, until: datetime) -> ReminderReply:
    command = SnoozeReminder(scope=clinic.scope(), reminder_id=number, until=until)
    return clinic.service.do(command)


def cancel(clinic: Clinic, number: int) -> ReminderReply:
    return clinic.service.do(CancelReminder(scope=clinic.scope(), reminder_id=number))


def retry(clinic: Clinic, number: int, *, accepts: bool = False) -> ReminderReply:
    command = RetryReminder(
        scope=clinic.scope(), reminder_id=number, accept_possible_duplicate=accepts
    )
    return clinic.service.do(command)


def refusal(reply: ReminderReply) -> tuple[UserErrorCode, tuple[str, ...] | None]:
    assert reply.reminder is None
    (refusal,) = reply.refusals
    return refusal.code, refusal.path


def test_a_snoozed_reminder_goes_then(clinic: Clinic) -> None:
    enrolled(clinic)
    until = VISIT + timedelta(hours=3)

    reply = snooze(clinic, newest(clinic, "today").id, until)

    assert reply.reminder is not None
    assert reply.reminder.due_at == until
    assert reply.reminder.local_due_at == "2027-03-12T15:00:00+00:00[Europe/Lisbon]"
    assert reply.reminder.hold is not None
    assert (reply.reminder.hold.code, reply.reminder.hold.until) == ("SNOOZED", until)


def test_a_snooze_into_quiet_hours_ends_with_them(clinic: Clinic) -> None:
    enrolled(clinic)

    reply = snooze(clinic, newest(clinic, "today").id, VISIT.replace(hour=23))

    assert reply.reminder is not None
    assert reply.reminder.due_at == VISIT.replace(hour=9) + timedelta(days=1)


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (NOW - timedelta(minutes=1), UserErrorCode.IN_THE_PAST),
        (NOW + timedelta(hours=1), UserErrorCode.INVALID),
        (VISIT + timedelta(days=2), UserErrorCode.TOO_LATE),
        (datetime(2027, 3, 12, 15), UserErrorCode.INVALID),  # noqa: DTZ001 - the fault under test
    ],
)
def test_an_impossible_snooze_is_refused(
    clinic: Clinic, until: datetime, code: UserErrorCode
) -> None:
    enrolled(clinic)

    assert refusal(snooze(clinic, newest(clinic, "today").id, until)) == (code, ("until",))


def test_a_cancelled_reminder_is_never_sent_and_says_why(clinic: Clinic) -> None:
    enrolled(clinic)

    reply = cancel(clinic, newest(clinic, "wash").id)

    assert reply.reminder is not None
    assert reply.reminder.status is ReminderStatus.CANCELLED
    assert reply.reminder.why[-1].code == "REMINDER_CANCELLED"
    assert newest(clinic, "today").status is ReminderStatus.SCHEDULED


def test_cancelling_twice_changes_nothing(clinic: Clinic) -> None:
    enrolled(clinic)
    first = cancel(clinic, newest(clinic, "wash").id)

    assert cancel(clinic, newest(clinic, "wash").id) == first


@pytest.mark.parametrize("state", [ReminderStatus.SENDING, ReminderStatus.DELIVERED])
def test_what_was_sent_is_neither_cancelled_nor_snoozed(
    clinic: Clinic, engine: sa.Engine, state: ReminderStatus
) -> None:
    enrolled(clinic)
    sent = newest(clinic, "today")
    put(engine, sent.id, state)

    expected = (UserErrorCode.TOO_LATE, ("reminder_id",))
    assert refusal(cancel(clinic, sent.id)) == expected
    assert refusal(snooze(clinic, sent.id, VISIT + timedelta(hours=3))) == expected


def test_a_new_reminder_follows_one_that_failed(clinic: Clinic, engine: sa.Engine) -> None:
    enrolled(clinic)
    failed = newest(clinic, "today")
    put(engine, failed.id, ReminderStatus.FAILED)

    reply = retry(clinic, failed.id)

    assert reply.reminder is not None
    assert reply.reminder.id > failed.id
    assert reply.reminder.status is ReminderStatus.SCHEDULED
    assert refusal(retry(clinic, failed.id))[0] is UserErrorCode.CONFLICT


def test_what_may_have_arrived_is_retried_only_if_staff_accept_a_duplicate(
    clinic: Clinic, engine: sa.Engine
) -> None:
    enrolled(clinic)
    unknown = newest(clinic, "today")
    put(engine, unknown.id, ReminderStatus.UNKNOWN)

    assert refusal(retry(clinic, unknown.id)) == (
        UserErrorCode.REQUIRED,
        ("accept_possible_duplicate",),
    )
    reply = retry(clinic, unknown.id, accepts=True)
    assert reply.reminder is not None
    assert reply.reminder.status is ReminderStatus.SCHEDULED
    assert reply.reminder.why[-1].code == "POSSIBLE_DUPLICATE_ACCEPTED"


def test_what_is_of_no_use_any_more_is_not_sent_again(clinic: Clinic, engine: sa.Engine) -> None:
    enrolled(clinic)
    failed = newest(clinic, "today")
    put(engine, failed.id, ReminderStatus.FAILED, useful_until=NOW)

    assert refusal(retry(clinic, failed.id))[0] is UserErrorCode.TOO_LATE


def test_what_waits_or_was_delivered_is_not_sent_again(clinic: Clinic, engine: sa.Engine) -> None:
    enrolled(clinic)
    put(engine, newest(clinic, "today").id, ReminderStatus.DELIVERED)

    for key in ("today", "wash"):
        assert refusal(retry(clinic, newest(clinic, key).id))[0] is UserErrorCode.NOT_ALLOWED


def test_another_clinics_reminder_does_not_exist(clinic: Clinic) -> None:
    enrolled(clinic)
    other = Clinic(clinic.service, "Other Clinic")
    number = newest(clinic, "today").id

    for reply in (
        snooze(other, number, VISIT),
        cancel(other, number),
        retry(other, number, accepts=True),
    ):
        assert refusal(reply) == (UserErrorCode.NOT_FOUND, ("reminder_id",))
