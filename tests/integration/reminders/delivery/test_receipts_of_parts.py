"""Receipts of texts that left as several messages."""

from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus
from services.reminders.database.tables import clinic
from services.reminders.delivery.domain.outgoing import Accepted
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.long_texts import (
    LONG,
    attempts,
    change_sender,
    joined,
    report,
    send,
    sent,
)
from tests.support.reminders.sending import Worker

DELIVERED, UNDELIVERED = ReceiptState.DELIVERED, ReceiptState.UNDELIVERED


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_it_is_delivered_when_all_parts_are(
    order: tuple[int, ...], long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker, 3)
    ids = [attempt.id for attempt in attempts(due)]
    states = []
    for place in order:
        report(due, ids[place], DELIVERED)
        states.append(due.state(long_text)[0])

    assert states == [ReminderStatus.ACCEPTED, ReminderStatus.ACCEPTED, ReminderStatus.DELIVERED]


@pytest.mark.parametrize("failed", range(3))
def test_it_is_undelivered_when_one_part_is(
    failed: int, long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker, 3)
    for place, attempt in enumerate(attempts(due)):
        report(due, attempt.id, UNDELIVERED if place == failed else DELIVERED)

    assert due.state(long_text)[0] is ReminderStatus.UNDELIVERED


@pytest.mark.parametrize(
    ("early", "state"),
    [(DELIVERED, ReminderStatus.DELIVERED), (UNDELIVERED, ReminderStatus.UNDELIVERED)],
)
def test_receipts_that_come_between_parts_count(
    early: ReceiptState, state: ReminderStatus, long_text: int, due: DueMessages, worker: Worker
) -> None:
    for _ in range(2):
        send(worker)
        report(due, attempts(due)[-1].id, early)
    assert due.state(long_text)[0] is ReminderStatus.SCHEDULED
    send(worker)
    report(due, attempts(due)[-1].id, DELIVERED)

    assert due.state(long_text)[0] is state


def test_a_failure_known_before_the_last_part_ends_it_with_that_part(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    send(worker)
    report(due, attempts(due)[0].id, UNDELIVERED)
    send(worker, 2)

    assert due.state(long_text)[0] is ReminderStatus.UNDELIVERED


def test_a_receipt_before_our_own_bookkeeping_lets_the_next_part_go(
    long_text: int, due: DueMessages, worker: Worker
) -> None:
    def delivered_at_once(message: Any) -> Accepted:
        report(due, message.attempt_id, DELIVERED)
        return Accepted(f"SM{message.attempt_id}")

    worker.dispatcher.answer = delivered_at_once
    send(worker, 4)

    assert joined(sent(worker)) == joined([LONG])
    assert due.state(long_text)[0] is ReminderStatus.DELIVERED
    assert {attempt.outcome for attempt in attempts(due)} == {AttemptOutcome.ACCEPTED}


def test_a_doubled_receipt_counts_once(long_text: int, due: DueMessages, worker: Worker) -> None:
    send(worker, 3)
    for _ in range(2):
        report(due, attempts(due)[0].id, DELIVERED)

    assert due.state(long_text)[0] is ReminderStatus.ACCEPTED


def test_a_reminder_of_which_a_part_did_not_arrive_goes_by_email(
    due: DueMessages, worker: Worker
) -> None:
    change_sender(due, most_parts=1)
    its = clinic.c.id == due.clinic_id
    with due.engine.begin() as connection:
        connection.execute(sa.update(clinic).where(its).values(sms_name="Ж" * 60))
    due.remind()
    send(worker, 3)
    report(due, attempts(due)[0].id, UNDELIVERED)
    worker.send_batch(Channel.EMAIL)

    [*_, mail] = worker.dispatcher.sent
    assert (len(worker.dispatcher.sent), "@" in mail.to) == (3, True)
