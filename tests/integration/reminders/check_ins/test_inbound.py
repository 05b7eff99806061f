"""What patients text, and what happens at once because of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.events import Event, ReminderChanged
from services.contracts.incoming import RecordInbound
from services.contracts.words import (
    ConsentMethod,
    ConsentState,
    Mode,
    ReminderStatus,
    SuppressionReason,
    TaskKind,
)
from services.reminders.check_ins.usecases.record_inbound import InboundEffect
from services.reminders.core.outbound import OutboundKind
from services.reminders.database import seal_contexts as contexts
from services.reminders.database.tables import (
    consent,
    inbound_message,
    outbound,
    patient,
    sender,
    staff_task,
    suppression,
)
from services.reminders.delivery.domain.outgoing import RejectedForGood
from tests.support.reminders.due_messages import LONG_AGO, PHONE, SENDERS, DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import ignore, receive_text

STRANGER = "+12025550188"


def text(
    due: DueMessages, words: str, *, publish: Callable[[Event], None] = ignore, **more: Any
) -> InboundEffect:
    values: dict[str, Any] = {
        "provider": "twilio",
        "channel": Channel.SMS,
        "our_address": SENDERS[Channel.SMS],
        "their_address": PHONE,
        "text": words,
        "provider_message_id": f"SM-{words}",
        "received_at": LONG_AGO,
    }
    return receive_text(due.engine, due.vault, RecordInbound(**values | more), publish)


def tasks(due: DueMessages) -> list[TaskKind]:
    return [row.kind for row in due.rows_of(staff_task)]


def confirmations(due: DueMessages) -> list[Any]:
    kind = OutboundKind.OPT_OUT_CONFIRMATION
    return [row for row in due.rows_of(outbound) if row.kind is kind]


def test_an_opt_out_suppresses_the_address(due: DueMessages) -> None:
    text(due, "Stop.")

    [row] = due.rows_of(suppression)
    assert (row.reason, row.channel) == (SuppressionReason.OPT_OUT, Channel.SMS)
    assert row.address_index == due.index(Channel.SMS, PHONE)


def test_an_opt_out_withdraws_consent_with_its_words_as_evidence(due: DueMessages) -> None:
    text(due, "Stop.")

    newest = due.rows_of(consent)[-1]
    evidence = due.vault.open_text(newest.evidence_sealed, context=contexts.CONSENT_EVIDENCE)
    assert (newest.state, newest.method) == (ConsentState.WITHDRAWN, ConsentMethod.SMS_KEYWORD)
    assert evidence == "Stop."


def test_an_opt_out_skips_what_has_not_begun_and_says_why(due: DueMessages) -> None:
    reminder = due.remind()
    announced: list[Event] = []

    text(due, "STOP", publish=announced.append)

    assert due.state(reminder) == (ReminderStatus.SKIPPED, "OPTED_OUT")
    assert due.why(reminder) == ["OPTED_OUT"]
    assert ReminderChanged(clinic_id=due.clinic_id, reminder_id=reminder) in announced


def test_an_opt_out_of_texts_leaves_email(due: DueMessages) -> None:
    reminder = due.remind(channel=Channel.EMAIL)

    text(due, "STOP")

    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED


def test_an_opt_out_is_confirmed_once(due: DueMessages) -> None:
    text(due, "STOP")
    text(due, "STOP", provider_message_id="SM-2")

    assert len(confirmations(due)) == 1


def test_the_confirmation_reaches_the_suppressed_phone(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    text(due, "STOP")
    worker = Worker(engine, vault)

    worker.send_batch(Channel.SMS)

    [sent] = worker.dispatcher.sent
    assert sent.to == PHONE
    assert sent.text.startswith("Rowan Clinic: You are opted out")


def test_an_opt_out_during_care_asks_staff_for_another_way(due: DueMessages) -> None:
    text(due, "STOP")

    assert tasks(due) == [TaskKind.OPTED_OUT]


def test_an_opt_out_that_is_taken_back_and_repeated_asks_staff_once(due: DueMessages) -> None:
    for words in ("STOP", "START", "stop"):
        text(due, words)

    assert [row.lifted_at is None for row in due.rows_of(suppression)] == [False, True]
    assert tasks(due).count(TaskKind.OPTED_OUT) == 1


def test_an_opt_out_asks_staff_again_when_they_are_done_with_the_one_before(
    due: DueMessages,
) -> None:
    text(due, "STOP")
    with due.engine.begin() as connection:
        connection.execute(sa.update(staff_task).values(done_at=LONG_AGO))
    for words in ("START", "stop"):
        text(due, words)

    assert tasks(due).count(TaskKind.OPTED_OUT) == 2


def test_an_opt_out_holds_for_every_clinic_on_the_same_sender(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    other = DueMessages(engine, vault, name="Other Clinic")

    text(due, "STOP")

    assert len(other.rows_of(suppression)) == 1
    assert len(confirmations(due)) + len(confirmations(other)) == 1


def test_the_same_text_is_recorded_once(due: DueMessages) -> None:
    effects = [text(due, "Hello?") for _ in range(2)]

    assert [effect.is_new for effect in effects] == [True, False]
    assert len(due.rows_of(inbound_message)) == 1


def test_words_are_kept_sealed(due: DueMessages) -> None:
    text(due, "It itches")

    [row] = due.rows_of(inbound_message)
    assert b"itches" not in row.text_sealed
    assert due.vault.open_text(row.text_sealed, context=contexts.INBOUND_TEXT) == "It itches"


def test_what_no_rule_understands_is_for_a_person(due: DueMessages) -> None:
    text(due, "please don't stop")

    assert tasks(due) == [TaskKind.UNREAD_REPLY]
    assert due.rows_of(suppression) == []


def test_two_patients_on_one_phone_are_not_guessed_between(due: DueMessages) -> None:
    due.add_contact(due.add_patient(), Channel.SMS, PHONE)

    text(due, "It itches")

    [row] = due.rows_of(inbound_message)
    assert (row.patient_id, tasks(due)) == (None, [TaskKind.UNMATCHED_REPLY])


def test_an_opt_out_from_a_shared_phone_holds_for_all_of_them_and_staff_are_told(
    due: DueMessages,
) -> None:
    other = due.add_patient()
    contact = due.add_contact(other, Channel.SMS, PHONE)
    reminders = [due.remind(), due.remind(1, patient_id=other, contact_point_id=contact)]

    text(due, "STOP")

    assert {due.state(reminder)[0] for reminder in reminders} == {ReminderStatus.SKIPPED}
    assert TaskKind.OPTED_OUT in tasks(due)
    assert len(confirmations(due)) == 1


def test_a_trial_patient_does_not_stand_in_a_real_ones_way(due: DueMessages) -> None:
    trial = due.add_patient()
    due.add_contact(trial, Channel.SMS, PHONE)
    with due.engine.begin() as connection:
        connection.execute(sa.update(patient).where(patient.c.id == trial).values(mode=Mode.TEST))

    text(due, "It itches")

    [row] = due.rows_of(inbound_message)
    assert (row.patient_id, row.mode) == (due.patient_id, Mode.LIVE)


def test_a_reply_is_kept_with_the_message_it_answers(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    due.remind()
    worker = Worker(engine, vault)
    worker.send_batch(Channel.SMS)
    due.remind(1, due_in=timedelta(days=1))

    text(due, "It itches")

    [message] = due.rows_of(inbound_message)
    [task] = due.rows_of(staff_task)
    sent = due.rows_of(outbound)[0]
    assert message.answers_id == sent.id
    assert (task.outbound_id, task.enrollment_id) == (sent.id, due.enrollment_id)


def test_a_reply_to_another_sender_answers_nothing_of_this_one(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    due.remind()
    Worker(engine, vault).send_batch(Channel.SMS)
    second = "+12025550177"
    with due.engine.begin() as connection:
        connection.execute(
            sa.insert(sender).values(
                clinic_id=due.clinic_id,
                channel=Channel.SMS,
                provider="twilio",
                address=second,
                is_default=False,
            )
        )

    text(due, "It itches", our_address=second)

    [message] = due.rows_of(inbound_message)
    assert (message.answers_id, message.patient_id) == (None, due.patient_id)


@pytest.mark.parametrize("words", ["", "look at this", "STOP"])
def test_a_picture_is_not_dropped_and_its_text_is_kept(due: DueMessages, words: str) -> None:
    text(due, words, media=1)

    [row] = due.rows_of(inbound_message)
    assert due.vault.open_text(row.text_sealed, context=contexts.INBOUND_TEXT) == words
    assert row.media == 1
    assert TaskKind.UNREAD_REPLY in tasks(due)


def test_what_may_be_an_opt_out_holds_messages_until_staff_have_decided(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    reminder = due.remind()
    worker = Worker(engine, vault)
    text(due, "wrong number")

    worker.send_batch(Channel.SMS)

    assert (worker.dispatcher.sent, due.rows_of(suppression)) == ([], [])
    assert due.why(reminder) == ["AWAITING_STAFF"]

    with engine.begin() as connection:
        connection.execute(sa.update(staff_task).values(done_at=LONG_AGO))
    due.change(reminder, due_at=LONG_AGO)
    worker.send_batch(Channel.SMS)

    assert len(worker.dispatcher.sent) == 1


def test_what_may_be_an_opt_out_from_a_shared_phone_holds_messages_to_all_of_them(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    due.add_contact(due.add_patient(), Channel.SMS, PHONE)
    due.remind()
    worker = Worker(engine, vault)
    text(due, "wrong number")

    worker.send_batch(Channel.SMS)

    assert (worker.dispatcher.sent, tasks(due)) == ([], [TaskKind.UNMATCHED_REPLY])


def test_an_opt_out_that_the_provider_has_confirmed_is_not_confirmed_again(
    due: DueMessages,
) -> None:
    text(due, "STOP", is_answered=True)

    assert (len(due.rows_of(suppression)), confirmations(due)) == (1, [])


def test_an_answer_of_yes_after_an_opt_out_is_no_opt_in(due: DueMessages) -> None:
    text(due, "STOP")
    text(due, "YES")

    [row] = due.rows_of(suppression)
    assert row.lifted_at is None
    assert tasks(due) == [TaskKind.OPTED_OUT, TaskKind.UNREAD_REPLY]


def test_a_stranger_is_kept_with_the_clinic_written_to(due: DueMessages) -> None:
    text(due, "Hello?", their_address=STRANGER)

    [row] = due.rows_of(inbound_message)
    assert (row.patient_id, tasks(due)) == (None, [TaskKind.UNMATCHED_REPLY])


def test_a_strangers_opt_out_is_heeded_before_anybody_enrolls_them(due: DueMessages) -> None:
    text(due, "STOP", their_address=STRANGER)

    [row] = due.rows_of(suppression)
    assert row.address_index == due.index(Channel.SMS, STRANGER)


def test_what_came_to_nobodys_number_is_kept(due: DueMessages) -> None:
    effect = text(due, "Hello?", our_address="+12025550000")

    assert not effect.has_clinic
    with due.engine.connect() as connection:
        assert connection.execute(sa.select(inbound_message.c.clinic_id)).scalars().all() == [0]


def test_an_opt_in_lifts_the_opt_out(due: DueMessages) -> None:
    text(due, "STOP")
    text(due, "START")

    [row] = due.rows_of(suppression)
    assert row.lifted_at is not None


def test_an_opt_in_gives_no_consent_back(due: DueMessages) -> None:
    text(due, "STOP")
    text(due, "START")

    assert due.rows_of(consent)[-1].state is ConsentState.WITHDRAWN


def test_an_opt_in_lifts_no_other_reason(due: DueMessages) -> None:
    with due.engine.begin() as connection:
        connection.execute(
            sa.insert(suppression).values(
                clinic_id=due.clinic_id,
                channel=Channel.SMS,
                address_index=due.index(Channel.SMS, PHONE),
                reason=SuppressionReason.INVALID,
                since=LONG_AGO,
            )
        )

    text(due, "START")

    [row] = due.rows_of(suppression)
    assert row.lifted_at is None


def test_an_opt_out_under_an_old_index_key_still_counts(
    due: DueMessages, engine: sa.Engine, data_keys: str, index_keys: str
) -> None:
    text(due, "STOP")
    due.consent(Channel.SMS, ConsentState.GRANTED)
    due.remind()
    newer = "i2:" + "aWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWk="
    rotated = Vault.from_settings(data_keys, f"{newer},{index_keys}")
    worker = Worker(engine, rotated)

    worker.send_batch(Channel.SMS)  # the confirmation, which is urgent
    worker.send_batch(Channel.SMS)

    assert len(worker.dispatcher.sent) == 1


def test_a_text_that_is_received_twice_gets_one_confirmation_and_one_task(
    due: DueMessages,
) -> None:
    for _ in range(2):
        text(due, "STOP", provider_message_id="SM-1")
        text(due, "It itches", provider_message_id="SM-2")

    assert len(confirmations(due)) == 1
    assert tasks(due) == [TaskKind.OPTED_OUT, TaskKind.UNREAD_REPLY]


def test_a_text_handed_over_by_two_processes_at_once_is_recorded_once(due: DueMessages) -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        effects = list(threads.map(lambda _: text(due, "STOP"), range(4)))

    assert [effect.is_new for effect in effects].count(True) == 1
    assert len(confirmations(due)) == 1


def test_opt_outs_said_at_the_same_time_are_confirmed_once(due: DueMessages) -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        ids = [{"provider_message_id": f"SM-{number}"} for number in range(4)]
        list(threads.map(lambda more: text(due, "STOP", **more), ids))

    assert (len(due.rows_of(suppression)), len(confirmations(due))) == (1, 1)


def test_a_refusal_for_an_opt_out_becomes_one_for_every_clinic_on_the_sender(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    other = DueMessages(engine, vault, name="Other Clinic")
    due.remind()
    worker = Worker(engine, vault)
    worker.dispatcher.answer = lambda _: RejectedForGood("BLOCKED", SuppressionReason.OPT_OUT)

    worker.send_batch(Channel.SMS)

    assert [row.reason for row in other.rows_of(suppression)] == [SuppressionReason.OPT_OUT]
    assert TaskKind.OPTED_OUT in tasks(due)
    assert confirmations(due) + confirmations(other) == []


def helped(due: DueMessages) -> list[str]:
    return [
        due.vault.open_text(row.body_sealed, context=contexts.BODY)
        for row in due.rows_of(outbound)
        if row.kind is OutboundKind.REPLY
    ]


def test_help_is_answered_with_whom_to_call_what_it_costs_and_the_way_out(
    due: DueMessages,
) -> None:
    text(due, "HELP")

    [reply] = helped(due)
    assert reply.startswith("Rowan Clinic: ")
    for part in ("how many depends", "+12025550199", "911", "Msg & data rates", "STOP"):
        assert part in reply
    assert len(reply) <= 160
    assert tasks(due) == [TaskKind.UNREAD_REPLY]


def test_help_is_answered_once_an_hour(due: DueMessages) -> None:
    for minutes in (0, 30, 59, 121):
        at = LONG_AGO + timedelta(minutes=minutes)
        text(due, "help", provider_message_id=f"SM{minutes}", received_at=at)

    assert len(helped(due)) == 2


def test_help_is_left_to_a_provider_that_answers_it(due: DueMessages) -> None:
    text(due, "HELP", is_answered=True)

    assert helped(due) == []


def test_a_stranger_who_asks_for_help_is_not_written_to(due: DueMessages) -> None:
    text(due, "HELP", their_address=STRANGER)

    assert helped(due) == []
