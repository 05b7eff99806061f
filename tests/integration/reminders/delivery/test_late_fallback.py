"""A text that a receipt calls undelivered goes by email, as one refused at once does."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.contracts.incoming import RecordReceipt
from services.contracts.words import (
    AddressFault,
    ConsentState,
    ReceiptState,
    ReminderStatus,
)
from services.reminders.database.tables import delivery_attempt, outbound, staff_task
from services.reminders.delivery.domain.outgoing import Unknown
from services.reminders.delivery.usecases.record_receipt import record_receipt
from tests.support.reminders.due_messages import LONG_AGO, DueMessages, zone_at_midnight
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import unit_of_work


def say(due: DueMessages, *states: ReceiptState, **more: Any) -> None:
    """What the provider of the first attempt says of it, in this order."""
    attempt = due.rows_of(delivery_attempt)[0]
    for state in states:
        receipt = RecordReceipt(
            provider="twilio",
            clinic_id=due.clinic_id,
            attempt_id=attempt.id,
            state=state,
            provider_state=str(state).lower(),
            received_at=LONG_AGO,
            **more,
        )
        with unit_of_work(due.engine, due.vault) as uow:
            record_receipt(uow, receipt)


def emails(due: DueMessages) -> list[Any]:
    return [row for row in due.rows_of(outbound) if row.channel is Channel.EMAIL]


def test_goes_by_email_when_a_receipt_says_that_the_text_did_not_arrive(
    due: DueMessages, worker: Worker
) -> None:
    text = due.remind()
    worker.send_batch(Channel.SMS)

    say(due, ReceiptState.UNDELIVERED)
    worker.send_batch(Channel.EMAIL)

    assert due.state(text)[0] is ReminderStatus.UNDELIVERED
    [email] = emails(due)
    assert (email.step_key, email.state) == ("step-0", ReminderStatus.ACCEPTED)
    assert due.why(email.id) == ["FALLBACK"]
    assert due.rows_of(staff_task) == []


def test_goes_by_email_once_however_often_the_receipt_comes(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    worker.send_batch(Channel.SMS)

    say(due, *[ReceiptState.UNDELIVERED] * 3)

    assert len(emails(due)) == 1


def test_stays_one_email_when_receipts_come_in_the_wrong_order(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    worker.send_batch(Channel.SMS)

    say(due, ReceiptState.UNDELIVERED, ReceiptState.ACCEPTED, ReceiptState.DELIVERED)

    assert len(emails(due)) == 1


def test_sends_no_email_for_a_text_that_arrived_first(due: DueMessages, worker: Worker) -> None:
    due.remind()
    worker.send_batch(Channel.SMS)

    say(due, ReceiptState.DELIVERED, ReceiptState.UNDELIVERED)

    assert emails(due) == []


def test_goes_by_email_when_a_receipt_settles_an_unknown_text_as_undelivered(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    worker.dispatcher.answer = lambda _: Unknown("TIMEOUT")
    worker.send_batch(Channel.SMS)
    assert emails(due) == []

    say(due, ReceiptState.UNDELIVERED)

    assert len(emails(due)) == 1


def test_sends_no_email_once_the_reminder_is_of_no_use(due: DueMessages, worker: Worker) -> None:
    text = due.remind(useful_for=timedelta(minutes=2))
    worker.send_batch(Channel.SMS)
    with due.engine.begin() as connection:
        connection.execute(
            sa.update(outbound)
            .where(outbound.c.id == text)
            .values(useful_until=sa.func.now() - timedelta(seconds=1))
        )

    say(due, ReceiptState.UNDELIVERED)

    assert emails(due) == []


def test_the_email_waits_for_the_patients_window(due: DueMessages, worker: Worker) -> None:
    due.remind()
    worker.send_batch(Channel.SMS)
    with due.engine.begin() as connection:
        zone = sa.text("update reminders.patient set time_zone = :zone")
        connection.execute(zone, {"zone": zone_at_midnight()})

    say(due, ReceiptState.UNDELIVERED)
    worker.send_batch(Channel.EMAIL)

    [email] = emails(due)
    assert due.state(email.id) == (ReminderStatus.SCHEDULED, "OUTSIDE_WINDOW")


def test_nobody_who_opted_out_of_texts_is_pursued_by_email(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    worker.send_batch(Channel.SMS)

    say(due, ReceiptState.UNDELIVERED, about_address=AddressFault.OPT_OUT)

    assert emails(due) == []


def test_sends_no_email_without_consent_to_email(due: DueMessages, worker: Worker) -> None:
    due.remind()
    worker.send_batch(Channel.SMS)
    due.consent(Channel.EMAIL, ConsentState.WITHDRAWN)

    say(due, ReceiptState.UNDELIVERED)

    assert emails(due) == []


def test_an_address_that_is_none_is_told_to_staff_though_email_goes_on(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    worker.send_batch(Channel.SMS)

    say(due, ReceiptState.UNDELIVERED, about_address=AddressFault.HARD_BOUNCE)

    assert len(emails(due)) == 1
    assert len(due.rows_of(staff_task)) == 1
