"""Other providers and other channels: after a definite failure, and never for an ambiguous one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import ConsentState, ReminderStatus, SuppressionReason, TaskKind
from services.reminders.core.outbound import Priority
from services.reminders.core.reasons import Reason
from services.reminders.database.tables import delivery_attempt, outbound, sender, staff_task
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)
from tests.support.reminders.due_messages import LONG_AGO, DueMessages
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import CheckInRounds

BOTH = {Channel.SMS: ("twilio", "kannel"), Channel.EMAIL: ("smtp",)}


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    made = DueMessages(engine, vault)
    with engine.begin() as connection:
        connection.execute(
            sa.insert(sender).values(
                clinic_id=made.clinic_id,
                channel=Channel.SMS,
                provider="kannel",
                address="+12025550111",
                is_default=False,
            )
        )
    return made


@pytest.fixture
def worker(engine: sa.Engine, vault: Vault) -> Worker:
    return Worker(engine, vault, providers=BOTH)


def answers(outcome: Outcome) -> Callable[[OutgoingMessage], Outcome]:
    """The first provider gives the outcome, every other takes the message."""

    def answer(message: OutgoingMessage) -> Outcome:
        return Accepted("K1") if message.sender == "+12025550111" else outcome

    return answer


def tried(due: DueMessages) -> list[str]:
    return [row.provider for row in due.rows_of(delivery_attempt)]


def emails(due: DueMessages) -> list[Any]:
    return [row for row in due.rows_of(outbound) if row.channel is Channel.EMAIL]


@pytest.mark.parametrize(
    "failure", [Failure.NOT_REACHED, Failure.BUSY, Failure.UNAVAILABLE, Failure.NOT_ALLOWED]
)
def test_another_provider_takes_at_once_what_one_refused(
    due: DueMessages, worker: Worker, failure: Failure
) -> None:
    due.remind()
    worker.dispatcher.answer = answers(RejectedForNow("NO", retry_after=60, failure=failure))

    worker.send_batch(Channel.SMS)
    worker.send_batch(Channel.SMS)

    assert tried(due) == ["twilio", "kannel"]


def test_an_ambiguous_attempt_goes_to_no_other_provider(due: DueMessages, worker: Worker) -> None:
    message = due.remind()
    worker.dispatcher.answer = answers(Unknown("TIMEOUT"))

    worker.send_batch(Channel.SMS)
    worker.send_batch(Channel.SMS)

    assert tried(due) == ["twilio"]
    assert due.state(message) == (ReminderStatus.UNKNOWN, "TIMEOUT")


def test_what_one_provider_refuses_for_good_goes_to_no_other(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    worker.dispatcher.answer = answers(
        RejectedForGood("TWILIO_21610", suppress=SuppressionReason.OPT_OUT)
    )

    worker.send_batch(Channel.SMS)
    worker.send_batch(Channel.SMS)

    assert tried(due) == ["twilio"]


def test_once_all_have_refused_the_wait_counts(due: DueMessages, worker: Worker) -> None:
    message = due.remind()
    worker.dispatcher.answer = lambda _: RejectedForNow("NO", failure=Failure.UNAVAILABLE)

    for _ in range(3):
        worker.send_batch(Channel.SMS)

    assert tried(due) == ["twilio", "kannel"]
    assert due.state(message) == (ReminderStatus.SCHEDULED, Reason.PROVIDER_AWAY)
    assert due.why(message) == ["NO", "NO"]


def test_an_urgent_message_passes_an_open_circuit_by(due: DueMessages, worker: Worker) -> None:
    due.remind(lane=Priority.URGENT.value)
    worker.traffic.closed_to = frozenset({"twilio"})

    worker.send_batch(Channel.SMS)

    assert tried(due) == ["kannel"]


def test_nothing_is_claimed_while_all_circuits_are_open(due: DueMessages, worker: Worker) -> None:
    message = due.remind()
    worker.traffic.closed_to = frozenset({"twilio", "kannel"})

    assert worker.send_batch(Channel.SMS) == 0
    assert due.row(message).token == 0


def test_a_held_provider_is_passed_by(due: DueMessages, worker: Worker, engine: sa.Engine) -> None:
    due.remind()
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "insert into reminders.hold (provider, reason, placed_by, placed_at)"
                " values ('twilio', 'test', 'robin', now())"
            )
        )

    worker.send_batch(Channel.SMS)

    assert tried(due) == ["kannel"]


def test_a_message_that_must_wait_for_a_token_is_given_back(
    due: DueMessages, worker: Worker
) -> None:
    first, second = due.remind(0), due.remind(1)
    worker.traffic.waits = [0.0, 5.0]

    worker.send_batch(Channel.SMS)

    assert due.state(first)[0] is ReminderStatus.ACCEPTED
    assert due.state(second)[0] is ReminderStatus.SCHEDULED
    assert due.row(second).attempts == 0


def test_the_health_of_providers_is_reported(due: DueMessages, worker: Worker) -> None:
    due.remind()
    worker.dispatcher.answer = answers(RejectedForNow("NO", failure=Failure.UNAVAILABLE))

    worker.send_batch(Channel.SMS)

    [call] = worker.traffic.calls
    assert (call.provider, call.failure) == ("twilio", Failure.UNAVAILABLE)


def fail_for_good(worker: Worker, suppress: SuppressionReason | None = None) -> None:
    worker.dispatcher.answer = lambda _: RejectedForGood("NO_ROUTE", suppress)
    worker.send_batch(Channel.SMS)


def test_a_text_that_failed_for_good_goes_by_email(due: DueMessages, worker: Worker) -> None:
    due.remind()

    fail_for_good(worker)
    worker.dispatcher.answer = lambda message: Accepted(f"<{message.attempt_id}>")
    worker.send_batch(Channel.EMAIL)

    [email] = emails(due)
    assert (email.step_key, email.state) == ("step-0", ReminderStatus.ACCEPTED)
    assert due.why(email.id) == ["FALLBACK"]


def test_an_address_that_does_not_work_is_told_to_staff_though_email_goes_on(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()

    fail_for_good(worker, SuppressionReason.INVALID)

    assert len(emails(due)) == 1
    assert [row.kind for row in due.rows_of(staff_task)] == [TaskKind.UNREACHABLE]


def test_an_email_that_was_planned_anyway_is_not_doubled(due: DueMessages, worker: Worker) -> None:
    due.remind()
    due.remind(channel=Channel.EMAIL)

    fail_for_good(worker)

    assert len(emails(due)) == 1


def test_no_email_goes_without_its_own_consent(due: DueMessages, worker: Worker) -> None:
    due.remind()
    due.consent(Channel.EMAIL, ConsentState.WITHDRAWN)

    fail_for_good(worker)

    CheckInRounds(due.engine, due.vault).run()

    assert emails(due) == []
    assert len(due.rows_of(staff_task)) == 1


def test_no_email_goes_to_an_address_that_must_not_be_used(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    due.remind()
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "insert into reminders.suppression"
                " (clinic_id, channel, address_index, reason, since)"
                " select clinic_id, channel, address_index, 'BOUNCE', :at"
                " from reminders.contact_point where channel = 'EMAIL'"
            ),
            {"at": LONG_AGO},
        )

    fail_for_good(worker)

    assert emails(due) == []


def test_a_patient_who_opted_out_of_texts_is_not_pursued_by_email(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()

    fail_for_good(worker, SuppressionReason.OPT_OUT)

    assert emails(due) == []


def test_what_may_have_arrived_takes_no_other_channel(due: DueMessages, worker: Worker) -> None:
    due.remind()
    worker.dispatcher.answer = lambda _: Unknown("TIMEOUT")

    worker.send_batch(Channel.SMS)

    assert emails(due) == []


def test_a_wait_past_usefulness_fails_now_and_takes_the_other_channel(
    due: DueMessages, worker: Worker
) -> None:
    message = due.remind(useful_for=timedelta(minutes=2))
    worker.dispatcher.answer = lambda _: RejectedForNow("BUSY", 600, Failure.BUSY)

    worker.send_batch(Channel.SMS)
    worker.send_batch(Channel.SMS)

    assert due.state(message) == (ReminderStatus.FAILED, "BUSY")
    assert len(emails(due)) == 1


def test_the_daily_cap_moves_the_least_important(engine: sa.Engine, vault: Vault) -> None:
    due, worker = DueMessages(engine, vault), Worker(engine, vault, daily_cap=2)
    rebook = due.remind(0, step_kind="REBOOK", due_in=timedelta(minutes=-9))
    others = [due.remind(1), due.remind(2)]

    worker.send_batch(Channel.SMS)

    assert [due.state(message)[0] for message in others] == [ReminderStatus.ACCEPTED] * 2
    assert due.state(rebook) == (ReminderStatus.SCHEDULED, "DAILY_CAP")


def test_what_was_sent_today_counts_toward_the_cap(engine: sa.Engine, vault: Vault) -> None:
    due, worker = DueMessages(engine, vault), Worker(engine, vault, daily_cap=1)
    due.remind(0)
    worker.send_batch(Channel.SMS)
    later = due.remind(1)

    worker.send_batch(Channel.SMS)

    assert due.state(later) == (ReminderStatus.SCHEDULED, "DAILY_CAP")
    assert due.why(later) == ["DAILY_CAP"]


def test_the_cap_is_each_channels_own(engine: sa.Engine, vault: Vault) -> None:
    due, worker = DueMessages(engine, vault), Worker(engine, vault, daily_cap=1)
    due.remind(0)
    worker.send_batch(Channel.SMS)
    email = due.remind(1, channel=Channel.EMAIL)

    worker.send_batch(Channel.EMAIL)

    assert due.state(email)[0] is ReminderStatus.ACCEPTED
