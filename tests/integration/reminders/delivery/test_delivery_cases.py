"""Cases that fell between other modules' subjects: one test each, named for what happens."""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.operations import MessageFilter, RetryMessages
from services.contracts.words import AttemptOutcome, Mode, ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.database.tables import delivery_attempt, outbound
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.delivery.domain.dispatch import Policy
from services.reminders.delivery.domain.outgoing import (
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
)
from services.reminders.delivery.storage.sweeps import Sweeps
from services.reminders.delivery.usecases.send_batch import SendBatch
from services.reminders.operations.usecases.retry_messages import retry_messages
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load
from tests.support.reminders.sending import Worker
from tests.support.reminders.units_of_work import unit_of_work


def outbounds(due: DueMessages) -> Counter[ReminderStatus]:
    return Counter(row.state for row in due.rows_of(outbound))


def test_one_ring_answered_by_several_workers_at_once_sends_nothing_twice(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    Load(due, 60).remind()
    workers = [Worker(engine, vault) for _ in range(4)]
    start = threading.Barrier(len(workers))

    def answer(worker: Worker) -> None:
        start.wait(10)
        while worker.send_batch(Channel.SMS):
            pass

    threads = [threading.Thread(target=answer, args=(free_worker,)) for free_worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sent = Counter(message.to for free_worker in workers for message in free_worker.dispatcher.sent)
    assert sorted(sent.values()) == [1] * 60
    assert outbounds(due) == {ReminderStatus.ACCEPTED: 60}


def test_a_sweep_while_a_retry_waits_begins_no_attempt_beside_it(
    due: DueMessages, worker: Worker, engine: sa.Engine
) -> None:
    message = due.remind()
    worker.dispatcher.answer = lambda _: RejectedForNow("BUSY", 600, Failure.BUSY)
    worker.send_batch(Channel.SMS)
    leases = Sweeps(engine)

    swept = [leases.return_queued(), leases.give_up_sending(), leases.expire()]
    worker.send_batch(Channel.SMS)

    assert swept == [[], [], []]
    assert due.state(message) == (ReminderStatus.SCHEDULED, Reason.PROVIDER_BUSY)
    assert len(due.rows_of(delivery_attempt)) == 1


def test_a_database_that_fails_between_acceptance_and_commit_costs_no_second_text(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    message = due.remind()
    worker = Worker(engine, vault)
    attempts = _Failing(worker.attempts)
    limits = msgspec.structs.replace(worker.deps.limits, finish_retry_seconds=0.0)
    send_batch = SendBatch(
        msgspec.structs.replace(worker.deps, attempts=attempts, limits=limits), _never
    )

    for _ in range(3):
        send_batch(Channel.SMS)
    due.change(message, lease_until=sa.func.now() - timedelta(seconds=1))
    Sweeps(engine).give_up_sending()
    worker.send_batch(Channel.SMS)

    assert due.state(message)[0] is ReminderStatus.UNKNOWN
    assert len(worker.dispatcher.sent) == 1


class _Failing:
    """Attempts that begin and whose end can never be stored."""

    def __init__(self, attempts: Any) -> None:
        self.begin, self.reconcile = attempts.begin, attempts.reconcile

    def finish(self, endings: Sequence[Any]) -> list[Any]:
        raise StorageAway(f"{len(endings)} not stored")


def _never() -> bool:
    return False


def test_a_provider_that_asks_for_30_s_is_left_alone_so_long_and_no_try_is_spent(
    due: DueMessages, worker: Worker
) -> None:
    message = due.remind()
    worker.dispatcher.answer = lambda _: RejectedForNow("HTTP_429", 30, Failure.BUSY)

    worker.send_batch(Channel.SMS)
    worker.send_batch(Channel.SMS)

    with due.engine.connect() as connection:
        now = connection.execute(sa.select(sa.func.now())).scalar_one()
    row = due.row(message)
    assert timedelta(seconds=25) < row.not_before - now <= timedelta(seconds=33)
    assert (row.spent, len(worker.dispatcher.sent)) == (0, 1)


@pytest.mark.parametrize("way", ["at first", "after a refusal", "sent again", "on another channel"])
def test_a_test_message_reaches_no_provider_in_production(
    due: DueMessages, engine: sa.Engine, vault: Vault, way: str
) -> None:
    development, production = Worker(engine, vault), Worker(engine, vault)
    strict = msgspec.structs.replace(production.deps, policy=Policy())
    send_batch = SendBatch(strict, _never)
    message = due.remind(mode=Mode.TEST)

    if way == "after a refusal":
        development.dispatcher.answer = lambda _: RejectedForNow("BUSY", 0, Failure.BUSY)
        development.send_batch(Channel.SMS)
        due.change(message, not_before=sa.func.now())
    elif way != "at first":
        development.dispatcher.answer = lambda _: RejectedForGood("NO_ROUTE")
        development.send_batch(Channel.SMS)
    if way == "sent again":
        act = RetryMessages(
            state=ReminderStatus.FAILED, which=MessageFilter(), actor="robin", reason="mended"
        )
        with unit_of_work(engine, vault) as uow:
            retry_messages(uow, act)
    for channel in (Channel.SMS, Channel.EMAIL):
        send_batch(channel)

    assert production.dispatcher.sent == []
    assert "TEST_MODE" in {row.state_reason for row in due.rows_of(outbound)}


def test_an_attempt_that_a_provider_refused_for_good_stays_the_only_one(
    due: DueMessages, worker: Worker
) -> None:
    message = due.remind()

    def refuse(_: OutgoingMessage) -> Outcome:
        return RejectedForGood("TWILIO_21612")

    worker.dispatcher.answer = refuse
    for _ in range(3):
        worker.send_batch(Channel.SMS)

    assert due.state(message) == (ReminderStatus.FAILED, "TWILIO_21612")
    [attempt] = due.rows_of(delivery_attempt)
    assert attempt.outcome is AttemptOutcome.REJECTED_FOR_GOOD
