"""Receipts against a real database: early, late, doubled, out of order."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.events import Event, ReminderChanged
from services.contracts.incoming import RecordReceipt
from services.contracts.words import (
    AddressFault,
    AttemptOutcome,
    ConsentState,
    ReceiptState,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.tables import (
    delivery_attempt,
    outbound,
    receipt,
    staff_task,
    suppression,
)
from services.reminders.delivery.domain.outgoing import (
    Outcome,
    OutgoingMessage,
    RejectedForNow,
    Unknown,
)
from services.reminders.delivery.usecases.record_receipt import ReceiptEffect, record_receipt
from tests.support.reminders.due_messages import LONG_AGO, PHONE, DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import CheckInRounds, ignore, unit_of_work


def say(
    due: DueMessages, attempt_id: int | None, state: ReceiptState, **more: Any
) -> ReceiptEffect:
    publish = more.pop("publish", ignore)
    receipt = RecordReceipt(
        provider=more.pop("provider", "twilio"),
        clinic_id=due.clinic_id if attempt_id else None,
        attempt_id=attempt_id,
        state=state,
        provider_state=str(state).lower(),
        received_at=more.pop("received_at", LONG_AGO),
        **more,
    )
    with unit_of_work(due.engine, due.vault, publish) as uow:
        return record_receipt(uow, receipt)


def attempt(due: DueMessages) -> Any:
    return due.rows_of(delivery_attempt)[-1]


def send(due: DueMessages, worker: Worker, outcome: Outcome | None = None) -> int:
    reminder = due.remind()
    if outcome is not None:
        worker.dispatcher.answer = lambda _: outcome
    worker.send_batch(Channel.SMS)
    return reminder


def test_a_receipt_delivers_an_accepted_message(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker)

    announced: list[Event] = []

    say(due, attempt(due).id, ReceiptState.DELIVERED, publish=announced.append)

    assert due.state(reminder)[0] is ReminderStatus.DELIVERED
    assert announced == [ReminderChanged(clinic_id=due.clinic_id, reminder_id=reminder)]


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

    worker.dispatcher.answer = answer
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

    announced: list[Event] = []
    effect = say(due, attempt(due).id, ReceiptState.DELIVERED, publish=announced.append)

    assert (effect.is_contrary, announced) == (True, [])
    assert due.state(reminder) == (ReminderStatus.UNDELIVERED, "30003")


def test_a_receipt_of_a_refused_attempt_moves_nothing(due: DueMessages, worker: Worker) -> None:
    reminder = send(due, worker, RejectedForNow("BUSY"))

    effect = say(due, attempt(due).id, ReceiptState.DELIVERED)

    assert effect.is_contrary
    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED


def test_a_message_that_did_not_arrive_and_has_no_other_way_is_for_a_person(
    due: DueMessages, worker: Worker
) -> None:
    due.consent(Channel.EMAIL, ConsentState.WITHDRAWN)
    send(due, worker)
    say(due, attempt(due).id, ReceiptState.UNDELIVERED)

    CheckInRounds(due.engine, due.vault).run()

    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.UNREACHABLE]


def test_a_receipt_about_nothing_of_ours_is_said_so(due: DueMessages) -> None:
    assert not say(due, 999, ReceiptState.DELIVERED).is_known
    assert not say(due, None, ReceiptState.DELIVERED, provider_reference="SM0").is_known


def test_another_providers_receipt_does_not_count(due: DueMessages, worker: Worker) -> None:
    send(due, worker)

    assert not say(due, attempt(due).id, ReceiptState.DELIVERED, provider="other").is_known


def suppressions(due: DueMessages) -> list[tuple[Channel, SuppressionReason]]:
    return [(row.channel, row.reason) for row in due.rows_of(suppression)]


def test_a_number_that_is_none_is_suppressed_and_staff_ask_for_another(
    due: DueMessages, worker: Worker
) -> None:
    send(due, worker)

    say(due, attempt(due).id, ReceiptState.UNDELIVERED, about_address=AddressFault.HARD_BOUNCE)

    [row] = due.rows_of(suppression)
    assert (row.reason, row.address_index) == (
        SuppressionReason.INVALID,
        due.index(Channel.SMS, PHONE),
    )
    [task] = due.rows_of(staff_task)
    assert (task.kind, "ask for another" in task.title) == (TaskKind.UNREACHABLE, True)


def test_nothing_more_is_sent_to_a_number_that_bounced(due: DueMessages, worker: Worker) -> None:
    send(due, worker)
    say(due, attempt(due).id, ReceiptState.UNDELIVERED, about_address=AddressFault.HARD_BOUNCE)
    later = due.remind(1)

    worker.send_batch(Channel.SMS)

    assert due.state(later) == (ReminderStatus.SKIPPED, "SUPPRESSED_INVALID")
    assert len(worker.dispatcher.sent) == 1


def test_a_mailbox_that_bounced_after_it_was_accepted_is_suppressed(
    due: DueMessages, worker: Worker
) -> None:
    reminder = due.remind(channel=Channel.EMAIL)
    worker.send_batch(Channel.EMAIL)

    say(
        due,
        attempt(due).id,
        ReceiptState.UNDELIVERED,
        provider="smtp",
        about_address=AddressFault.HARD_BOUNCE,
    )

    assert due.state(reminder)[0] is ReminderStatus.UNDELIVERED
    assert suppressions(due) == [(Channel.EMAIL, SuppressionReason.BOUNCE)]


def test_a_complaint_suppresses_and_moves_nothing(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind(channel=Channel.EMAIL)
    worker.send_batch(Channel.EMAIL)
    say(due, attempt(due).id, ReceiptState.DELIVERED, provider="smtp")

    complaint = {"provider": "smtp", "about_address": AddressFault.COMPLAINT}
    say(due, attempt(due).id, ReceiptState.PENDING, **complaint)

    assert due.state(reminder)[0] is ReminderStatus.DELIVERED
    assert suppressions(due) == [(Channel.EMAIL, SuppressionReason.COMPLAINT)]
    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.OPTED_OUT]


def test_an_opt_out_that_the_provider_tells_of_is_ours_without_a_confirmation(
    due: DueMessages, worker: Worker
) -> None:
    send(due, worker)
    waiting = due.remind(1, due_in=timedelta(days=1))

    announced: list[Event] = []
    say(
        due,
        attempt(due).id,
        ReceiptState.UNDELIVERED,
        about_address=AddressFault.OPT_OUT,
        publish=announced.append,
    )

    assert suppressions(due) == [(Channel.SMS, SuppressionReason.OPT_OUT)]
    assert due.state(waiting) == (ReminderStatus.SKIPPED, "OPTED_OUT")
    assert ReminderChanged(clinic_id=due.clinic_id, reminder_id=waiting) in announced
    assert all(row.kind is OutboundKind.REMINDER for row in due.rows_of(outbound))


def test_an_opt_out_that_the_provider_tells_of_holds_for_every_clinic_on_the_sender(
    due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    send(due, worker)
    other = DueMessages(engine, vault, name="Other Clinic")

    say(due, attempt(due).id, ReceiptState.UNDELIVERED, about_address=AddressFault.OPT_OUT)

    assert suppressions(other) == [(Channel.SMS, SuppressionReason.OPT_OUT)]


def bounce_softly(due: DueMessages, worker: Worker, number: int, **more: Any) -> None:
    due.remind(number)
    worker.send_batch(Channel.SMS)
    fault = {"about_address": AddressFault.SOFT_BOUNCE, "code": "30003"}
    say(due, attempt(due).id, ReceiptState.UNDELIVERED, **fault, **more)


def test_a_third_soft_bounce_in_a_week_counts_as_a_hard_one(
    due: DueMessages, worker: Worker
) -> None:
    now = right_now(due)
    for number in range(2):
        bounce_softly(due, worker, number, received_at=now - timedelta(days=6))
    assert suppressions(due) == []

    bounce_softly(due, worker, 2, received_at=now)

    assert suppressions(due) == [(Channel.SMS, SuppressionReason.BOUNCE)]


def test_soft_bounces_of_other_weeks_and_repeated_receipts_do_not_count(
    due: DueMessages, worker: Worker
) -> None:
    now = right_now(due)
    for number in range(2):
        bounce_softly(due, worker, number, received_at=now - timedelta(days=8))
    bounce_softly(due, worker, 2, received_at=now)
    for _ in range(3):
        say(
            due,
            attempt(due).id,
            ReceiptState.UNDELIVERED,
            about_address=AddressFault.SOFT_BOUNCE,
            code="30003",
        )

    assert suppressions(due) == []


def right_now(due: DueMessages) -> datetime:
    with due.engine.connect() as connection:
        return connection.execute(sa.select(product_now)).scalar_one()
