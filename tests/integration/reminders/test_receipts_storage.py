"""Receipts against a real database: early, late, doubled, out of order."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import RecordReceipt
from services.contracts.words import AttemptOutcome, ReceiptState, ReminderStatus, TaskKind
from services.reminders.domain.outgoing import Outcome, OutgoingMessage, RejectedForNow, Unknown
from services.reminders.storage.opt_outs import OptOuts
from services.reminders.storage.receipts import Receipts
from services.reminders.storage.tables import delivery_attempt, receipt, staff_task
from services.reminders.usecases.record_receipt import ReceiptEffect, record_receipt
from tests.support.due_messages import LONG_AGO, DueMessages
from tests.support.sending import Worker


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    return DueMessages(engine, vault)


@pytest.fixture
def worker(engine: sa.Engine, vault: Vault) -> Worker:
    return Worker(engine, vault)


def say(
    due: DueMessages, attempt_id: int | None, state: ReceiptState, **more: Any
) -> ReceiptEffect:
    said = RecordReceipt(
        provider=more.pop("provider", "twilio"),
        clinic_id=due.clinic_id if attempt_id else None,
        attempt_id=attempt_id,
        state=state,
        provider_state=str(state).lower(),
        received_at=LONG_AGO,
        **more,
    )
    with due.engine.begin() as connection:
        return record_receipt(Receipts(connection, due.vault), OptOuts(connection, due.vault), said)


def attempt(due: DueMessages) -> Any:
    return due.rows_of(delivery_attempt)[-1]


def send(due: DueMessages, worker: Worker, outcome: Outcome | None = None) -> int:
    reminder = due.remind()
    if outcome is not None:
        worker.postman.answer = lambda _: outcome
    worker.send_batch(Channel.SMS)
    return reminder


def test_a_receipt_delivers_an_accepted_message(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker)

    effect = say(due, attempt(due).id, ReceiptState.DELIVERED)

    assert due.state(reminder)[0] is ReminderStatus.DELIVERED
    assert effect.changed == ((due.clinic_id, reminder),)


def test_a_receipt_is_found_by_the_providers_reference(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker)

    say(due, None, ReceiptState.DELIVERED, provider_reference=attempt(due).provider_reference)

    assert due.state(reminder)[0] is ReminderStatus.DELIVERED


def test_a_receipt_that_comes_before_our_own_bookkeeping_stands(
    due: DueMessages, worker: Worker
) -> None:
    reminder = due.remind()

    def answer(message: OutgoingMessage) -> Outcome:
        say(due, message.attempt_id, ReceiptState.DELIVERED, provider_reference="SM1")
        return Unknown("TIMEOUT")

    worker.postman.answer = answer
    worker.send_batch(Channel.SMS)

    assert due.state(reminder)[0] is ReminderStatus.DELIVERED
    assert attempt(due).outcome is AttemptOutcome.ACCEPTED


def test_a_receipt_settles_an_unknown_message(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker, Unknown("TIMEOUT"))

    say(due, attempt(due).id, ReceiptState.ACCEPTED, provider_reference="SM9")

    assert due.state(reminder)[0] is ReminderStatus.ACCEPTED
    assert (attempt(due).outcome, attempt(due).provider_reference) == (
        AttemptOutcome.ACCEPTED,
        "SM9",
    )


def test_the_same_receipt_is_kept_once(due: DueMessages, worker: Worker) -> None:
    send(due, worker)
    for _ in range(2):
        say(due, attempt(due).id, ReceiptState.DELIVERED)

    assert len(due.rows_of(receipt)) == 1


def test_a_late_lesser_receipt_moves_nothing_back(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker)
    for state in (ReceiptState.DELIVERED, ReceiptState.ACCEPTED, ReceiptState.PENDING):
        say(due, attempt(due).id, state)

    assert due.state(reminder)[0] is ReminderStatus.DELIVERED
    assert len(due.rows_of(receipt)) == 3


def test_a_contrary_receipt_is_kept_and_moves_nothing(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker)
    say(due, attempt(due).id, ReceiptState.UNDELIVERED, code="30003")

    effect = say(due, attempt(due).id, ReceiptState.DELIVERED)

    assert (effect.is_contrary, effect.changed) == (True, ())
    assert due.state(reminder) == (ReminderStatus.UNDELIVERED, "30003")


def test_a_receipt_of_a_refused_attempt_moves_nothing(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker, RejectedForNow("BUSY"))

    effect = say(due, attempt(due).id, ReceiptState.DELIVERED)

    assert effect.is_contrary
    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED


def test_a_message_that_did_not_arrive_is_for_a_person(due: DueMessages, worker: Worker) -> None:
    send(due, worker)
    say(due, attempt(due).id, ReceiptState.UNDELIVERED)

    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.UNREACHABLE]


def test_a_receipt_about_nothing_of_ours_is_said_so(due: DueMessages) -> None:
    assert not say(due, 999, ReceiptState.DELIVERED).is_known
    assert not say(due, None, ReceiptState.DELIVERED, provider_reference="SM0").is_known


def test_another_providers_receipt_does_not_count(due: DueMessages, worker: Worker) -> None:
    send(due, worker)

    assert not say(due, attempt(due).id, ReceiptState.DELIVERED, provider="other").is_known
