from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, repeat
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import (
    AttemptOutcome,
    ConsentState,
    MessageDetail,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.core.outbound import Priority
from services.reminders.core.reasons import Reason
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import consent, delivery_attempt, staff_task, suppression
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.delivery.domain.attempts import Ending
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Outcome,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)
from tests.support.reminders.due_messages import (
    EMAIL,
    LONG_AGO,
    PHONE,
    SENDERS,
    DueMessages,
    zone_at_noon,
)
from tests.support.reminders.sending import Worker


def test_sends_what_is_due(due: DueMessages, worker: Worker) -> None:
    due.remind()

    worker.send_batch(Channel.SMS)

    assert [(message.to, message.sender, message.text) for message in worker.dispatcher.sent] == [
        (
            PHONE,
            SENDERS[Channel.SMS],
            "Rowan Clinic: Keep your skin clean today. Reply STOP to opt out.",
        )
    ]


def test_records_what_the_provider_took(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()

    worker.send_batch(Channel.SMS)

    [attempt] = due.rows_of(delivery_attempt)
    assert due.state(reminder) == (ReminderStatus.ACCEPTED, None)
    assert (attempt.outcome, attempt.provider_reference) == (
        AttemptOutcome.ACCEPTED,
        f"SM{attempt.id}",
    )


def refuse(worker: Worker, outcome: Outcome) -> None:
    worker.dispatcher.answer = lambda _: outcome


def test_a_definite_refusal_for_now_is_tried_again_later(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()
    refuse(worker, RejectedForNow("BUSY", retry_after=60))

    worker.send_batch(Channel.SMS)

    assert due.state(reminder) == (ReminderStatus.SCHEDULED, Reason.REFUSED_FOR_NOW)
    assert due.why(reminder) == ["BUSY"]
    assert due.why(reminder) == ["BUSY"]


def test_a_second_attempt_begins_when_the_wait_is_over(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()
    refuse(worker, RejectedForNow("BUSY"))
    worker.send_batch(Channel.SMS)
    due.change(reminder, not_before=LONG_AGO)
    refuse(worker, Accepted("SM2"))

    worker.send_batch(Channel.SMS)

    outcomes = [(row.number, row.outcome) for row in due.rows_of(delivery_attempt)]
    assert outcomes == [(1, AttemptOutcome.REJECTED_FOR_NOW), (2, AttemptOutcome.ACCEPTED)]


def test_attempts_are_spent_at_last(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind(attempts=7, spent=7)
    refuse(worker, RejectedForNow("BUSY"))

    worker.send_batch(Channel.SMS)

    assert due.state(reminder) == (ReminderStatus.FAILED, "BUSY")


def test_a_refusal_for_good_fails_the_message(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()
    due.consent(Channel.EMAIL, ConsentState.WITHDRAWN)
    refuse(worker, RejectedForGood("NO_ROUTE"))

    worker.send_batch(Channel.SMS)

    assert due.state(reminder) == (ReminderStatus.FAILED, "NO_ROUTE")


def test_a_number_that_cannot_be_reached_is_suppressed_and_told_to_staff(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    refuse(worker, RejectedForGood("LANDLINE", SuppressionReason.INVALID))

    worker.send_batch(Channel.SMS)

    assert [row.reason for row in due.rows_of(suppression)] == [SuppressionReason.INVALID]
    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.UNREACHABLE]


def test_nothing_more_goes_to_a_suppressed_address(due: DueMessages, worker: Worker) -> None:
    due.remind()
    refuse(worker, RejectedForGood("LANDLINE", SuppressionReason.INVALID))
    worker.send_batch(Channel.SMS)
    second = due.remind(1)

    worker.send_batch(Channel.SMS)

    assert due.state(second) == (ReminderStatus.SKIPPED, "SUPPRESSED_INVALID")
    assert len(worker.dispatcher.sent) == 1


def test_an_opt_out_known_to_the_provider_alone_becomes_ours(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    other = due.remind(1, due_in=timedelta(days=1))
    refuse(worker, RejectedForGood("OPTED_OUT", SuppressionReason.OPT_OUT))

    worker.send_batch(Channel.SMS)

    assert [row.reason for row in due.rows_of(suppression)] == [SuppressionReason.OPT_OUT]
    assert due.rows_of(consent)[-1].state is ConsentState.WITHDRAWN
    assert due.state(other)[0] is ReminderStatus.SKIPPED


def test_an_unanswered_message_is_unknown_and_stays_so(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()
    refuse(worker, Unknown("TIMEOUT"))
    worker.send_batch(Channel.SMS)

    worker.send_batch(Channel.SMS)

    assert due.state(reminder) == (ReminderStatus.UNKNOWN, "TIMEOUT")
    assert len(worker.dispatcher.sent) == 1


def test_a_text_that_cannot_be_written_fails_alone(due: DueMessages, worker: Worker) -> None:
    broken, sound = due.remind(step_key="no-such-step"), due.remind(1)

    worker.send_batch(Channel.SMS)

    assert due.state(broken) == (ReminderStatus.FAILED, "RENDER_FAILED")
    assert due.state(sound)[0] is ReminderStatus.ACCEPTED
    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.RENDER_FAILED]


def test_a_message_without_consent_is_skipped_and_says_why(
    due: DueMessages, worker: Worker
) -> None:
    reminder = due.remind()
    due.consent(Channel.SMS, ConsentState.WITHDRAWN)

    worker.send_batch(Channel.SMS)

    assert (due.why(reminder), worker.dispatcher.sent) == (["NO_CONSENT"], [])


def test_the_window_is_asked_again_when_sending(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()
    due.close_window()

    worker.send_batch(Channel.SMS)

    row = due.row(reminder)
    assert (row.state, row.state_reason) == (ReminderStatus.SCHEDULED, "OUTSIDE_WINDOW")
    assert row.local_due_at.startswith(
        f"{row.due_at.astimezone(ZoneInfo(zone_at_noon())):%Y-%m-%d}"
    )


def test_urgent_messages_go_first(due: DueMessages, worker: Worker) -> None:
    for number, priority in enumerate((Priority.BULK, Priority.NORMAL, Priority.URGENT)):
        due.remind(number, lane=priority.value)

    for _ in range(3):
        worker.send_batch(Channel.SMS)

    assert [row.outbound_id for row in due.rows_of(delivery_attempt)] == [3, 2, 1]


def test_what_was_sent_is_kept_sealed(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()

    worker.send_batch(Channel.SMS)

    sealed = due.row(reminder).body_sealed
    assert due.vault.open_text(sealed, context=contexts.BODY) == worker.dispatcher.sent[0].text


def test_every_departure_is_noted(due: DueMessages, worker: Worker) -> None:
    due.remind()

    worker.send_batch(Channel.SMS)

    assert worker.journal.noted == [(due.clinic_id, due.rows_of(delivery_attempt)[0].id)]


def test_every_change_is_announced(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()

    worker.send_batch(Channel.SMS)

    assert worker.changed == [(due.clinic_id, reminder)]


def test_email_carries_subject_html_and_a_message_id(due: DueMessages, worker: Worker) -> None:
    due.remind(channel=Channel.EMAIL)

    worker.send_batch(Channel.EMAIL)

    [sent] = worker.dispatcher.sent
    assert (sent.to, sent.subject) == (EMAIL, "From Rowan Clinic")
    assert sent.html is not None
    assert sent.message_id is not None
    assert sent.message_id.endswith("@clinic.example>")


def test_a_detailed_text_needs_wish_and_consent(due: DueMessages, worker: Worker) -> None:
    due.consent(Channel.SMS, ConsentState.GRANTED, detail=MessageDetail.DETAILED)
    due.prefer(MessageDetail.DETAILED)
    due.remind()

    worker.send_batch(Channel.SMS)

    assert "In full." in worker.dispatcher.sent[0].text


def test_outcomes_are_kept_until_the_database_is_back(
    due: DueMessages, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminder = due.remind()
    finish, failures = worker.attempts.finish, [StorageAway(), StorageAway()]

    def falter(endings: Sequence[Ending]) -> list[Ending]:
        if failures:
            raise failures.pop()
        return finish(endings)

    monkeypatch.setattr(worker.attempts, "finish", falter)
    worker.send_batch(Channel.SMS)

    assert due.state(reminder)[0] is ReminderStatus.ACCEPTED


def test_nothing_is_sent_when_the_beginning_cannot_be_stored(
    due: DueMessages, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    due.remind()

    def fail(_: object) -> NoReturn:
        raise StorageAway

    monkeypatch.setattr(worker.attempts, "begin", fail)

    with pytest.raises(StorageAway):
        worker.send_batch(Channel.SMS)
    assert worker.dispatcher.sent == []


def test_a_stopping_worker_gives_back_what_it_has_not_begun(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    reminder = due.remind()
    worker = Worker(engine, vault, is_stopping=True)

    worker.send_batch(Channel.SMS)

    assert (due.state(reminder)[0], worker.dispatcher.sent) == (ReminderStatus.SCHEDULED, [])


def test_a_worker_that_was_asleep_lets_nothing_leave(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    due.remind()
    seconds = chain([0.0, 0.0, 0.0], repeat(100.0))
    worker = Worker(engine, vault, monotonic=lambda: next(seconds))

    worker.send_batch(Channel.SMS)

    assert worker.dispatcher.sent == []


def test_a_clinic_without_a_sender_keeps_its_messages(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    reminder = due.remind()
    worker = Worker(engine, vault, providers={Channel.SMS: ("kannel",)})

    worker.send_batch(Channel.SMS)

    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED
    assert worker.dispatcher.sent == []


def test_a_row_that_cannot_be_read_does_not_hold_up_the_others(
    due: DueMessages, worker: Worker
) -> None:
    unreadable, sound = due.remind(), due.remind(1, channel=Channel.SMS)
    stranger = due.add_patient()
    contact = due.add_contact(stranger, Channel.SMS, PHONE)
    due.damage(contact)
    due.change(unreadable, patient_id=stranger, contact_point_id=contact)

    worker.send_batch(Channel.SMS)

    assert due.state(unreadable)[0] is ReminderStatus.SCHEDULED
    assert due.state(sound)[0] is ReminderStatus.ACCEPTED
