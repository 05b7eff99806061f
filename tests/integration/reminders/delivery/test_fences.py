"""Two workers, and what happens between claim, begin, send and finish."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.incoming import RecordInbound
from services.contracts.words import AttemptOutcome, ConsentState, ReminderStatus
from services.reminders.database.tables import delivery_attempt
from services.reminders.delivery.domain.attempts import ending
from services.reminders.delivery.domain.outgoing import Accepted, Outcome, RejectedForNow, Unknown
from services.reminders.delivery.storage.sweeps import Sweeps
from tests.support.reminders.due_messages import LONG_AGO, PHONE, SENDERS, DueMessages
from tests.support.reminders.sending import CHANCES, Worker, begin, beginnings, claim, end_leases
from tests.support.reminders.units_of_work import receive_text


def stop(due: DueMessages) -> None:
    inbound = RecordInbound(
        provider="twilio",
        channel=Channel.SMS,
        our_address=SENDERS[Channel.SMS],
        their_address=PHONE,
        text="Stop.",
        provider_message_id="SM9",
        received_at=LONG_AGO,
    )
    receive_text(due.engine, due.vault, inbound)


def test_one_message_is_claimed_by_one_worker(
    due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    due.remind()

    assert [len(claim(rival)) for rival in (worker, Worker(engine, vault))] == [1, 0]


def test_a_stale_claim_begins_nothing(
    due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    for number in range(10):
        due.remind(number)
    stale = beginnings(worker, claim(worker))
    end_leases(due.engine)
    Sweeps(engine).return_queued()
    fresh = Worker(engine, vault)
    began = begin(fresh, claim(fresh))

    assert (len(worker.attempts.begin(stale)), len(began)) == (0, 10)


def test_a_stale_claim_begins_nothing_that_another_has_claimed(
    due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    for number in range(10):
        due.remind(number)
    stale = beginnings(worker, claim(worker))
    end_leases(due.engine)
    Sweeps(engine).return_queued()
    fresh = Worker(engine, vault)
    claimed = claim(fresh)

    assert (len(worker.attempts.begin(stale)), len(begin(fresh, claimed))) == (0, 10)


def test_a_claim_whose_lease_is_over_begins_nothing(due: DueMessages, worker: Worker) -> None:
    due.remind()
    claims = claim(worker)
    end_leases(due.engine)

    assert begin(worker, claims) == []


def test_a_message_that_began_cannot_begin_again(due: DueMessages, worker: Worker) -> None:
    due.remind()
    claims = claim(worker)
    begin(worker, claims)

    assert begin(worker, claims) == []


def test_the_database_itself_refuses_a_second_open_attempt(
    due: DueMessages, worker: Worker
) -> None:
    reminder = due.remind()
    begin(worker, claim(worker))
    again = sa.insert(delivery_attempt).values(
        clinic_id=due.clinic_id,
        outbound_id=reminder,
        number=2,
        token=9,
        owner=worker.owner,
        provider="twilio",
        started_at=LONG_AGO,
        outcome=AttemptOutcome.OPEN,
    )

    with due.engine.begin() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(again)


def test_an_opt_out_between_claim_and_begin_stops_what_has_not_begun(
    due: DueMessages, worker: Worker
) -> None:
    for number in range(3):
        due.remind(number)
    claims = claim(worker)
    begun = begin(worker, claims[:1])
    ready = beginnings(worker, claims[1:])
    stop(due)

    assert (len(begun), worker.attempts.begin(ready)) == (1, [])


def test_an_opt_out_leaves_a_row_that_was_planned_meanwhile_unsent(
    due: DueMessages, worker: Worker
) -> None:
    stop(due)
    due.remind()
    claims = claim(worker)

    assert worker.attempts.begin(beginnings(worker, claims)) == []


def test_a_consent_withdrawn_between_claim_and_begin_is_heeded(
    due: DueMessages, worker: Worker
) -> None:
    due.remind()
    ready = beginnings(worker, claim(worker))
    due.consent(Channel.SMS, ConsentState.WITHDRAWN)

    assert worker.attempts.begin(ready) == []


def test_a_message_past_its_usefulness_does_not_begin(due: DueMessages, worker: Worker) -> None:
    reminder = due.remind()
    ready = beginnings(worker, claim(worker))
    due.change(reminder, useful_until=LONG_AGO)

    assert worker.attempts.begin(ready) == []


def test_a_stale_finish_moves_nothing(
    due: DueMessages, worker: Worker, engine: sa.Engine, vault: Vault
) -> None:
    reminder = due.remind()
    [begun] = begin(worker, claim(worker))
    refused = ending(begun, RejectedForNow("BUSY"), CHANCES)
    worker.attempts.finish([refused])
    due.change(reminder, not_before=LONG_AGO)
    second = Worker(engine, vault)
    begin(second, claim(second))

    late = worker.attempts.finish([ending(begun, Accepted("SM1"), CHANCES)])

    assert (len(late), due.state(reminder)[0]) == (1, ReminderStatus.SENDING)


def test_a_late_answer_settles_what_was_given_up_as_unknown(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    reminder = due.remind()
    [begun] = begin(worker, claim(worker))
    end_leases(due.engine)
    Sweeps(engine).give_up_sending()
    late = worker.attempts.finish([ending(begun, Accepted("SM1"), CHANCES)])

    worker.attempts.reconcile(late)

    [attempt] = due.rows_of(delivery_attempt)
    assert due.state(reminder)[0] is ReminderStatus.ACCEPTED
    assert attempt.provider_reference == "SM1"


def test_a_late_refusal_makes_an_unknown_message_due_again(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    reminder = due.remind()
    [begun] = begin(worker, claim(worker))
    end_leases(due.engine)
    Sweeps(engine).give_up_sending()

    worker.attempts.reconcile([ending(begun, RejectedForNow("BUSY"), CHANCES)])

    assert due.state(reminder)[0] is ReminderStatus.SCHEDULED


def test_a_late_unknown_says_why_and_settles_nothing(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    reminder = due.remind()
    [begun] = begin(worker, claim(worker))
    end_leases(due.engine)
    Sweeps(engine).give_up_sending()

    worker.attempts.reconcile([ending(begun, Unknown("TIMEOUT"), CHANCES)])

    [attempt] = due.rows_of(delivery_attempt)
    assert (due.state(reminder)[0], attempt.code) == (ReminderStatus.UNKNOWN, "TIMEOUT")


def test_a_finish_stores_many_outcomes_at_once(due: DueMessages, worker: Worker) -> None:
    reminders = [due.remind(number) for number in range(3)]
    begun = begin(worker, claim(worker))
    outcomes: list[Outcome] = [Accepted("SM1"), RejectedForNow("BUSY"), Unknown("TIMEOUT")]

    worker.attempts.finish(
        [
            ending(message_, outcome, CHANCES)
            for message_, outcome in zip(begun, outcomes, strict=True)
        ]
    )

    assert {due.state(reminder)[0] for reminder in reminders} == {
        ReminderStatus.ACCEPTED,
        ReminderStatus.SCHEDULED,
        ReminderStatus.UNKNOWN,
    }


def test_a_retry_waits_in_real_time(due: DueMessages, worker: Worker) -> None:
    due.remind()
    [begun] = begin(worker, claim(worker))
    worker.attempts.finish([ending(begun, RejectedForNow("BUSY", retry_after=60), CHANCES)])

    with due.engine.begin() as connection:
        connection.execute(sa.text("update chassis.clock set product_at = product_at + '1 hour'"))

    assert claim(worker) == []


def test_what_is_due_later_is_not_claimed(due: DueMessages, worker: Worker) -> None:
    due.remind(due_in=timedelta(hours=1))

    assert claim(worker) == []
