"""Twenty identical texts to one number in five minutes: the breaker trips, one person is told."""

from collections import Counter
from datetime import timedelta

import msgspec
import pytest
import redis
import sqlalchemy as sa

from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.seal_contexts import BODY
from services.reminders.database.tables import outbound, staff_task
from services.reminders.delivery.domain.outgoing import Failure, RejectedForNow
from services.reminders.delivery.traffic.repeats import RedisRepeats
from services.reminders.delivery.usecases.send_batch import SendBatch
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load
from tests.support.reminders.sending import Worker


def breaking_loops(engine: sa.Engine, vault: Vault, client: redis.Redis) -> Worker:
    """A worker put together as it is outside of tests."""
    made = Worker(engine, vault)
    loops = made.loop_breaker(engine, RedisRepeats(client))
    made.send_batch = SendBatch(msgspec.structs.replace(made.deps, loops=loops), _never)
    return made


def _never() -> bool:
    return False


@pytest.fixture
def worker(engine: sa.Engine, vault: Vault, redis_client: redis.Redis) -> Worker:
    return breaking_loops(engine, vault, redis_client)


def run_away(
    due: DueMessages, count: int, kind: OutboundKind = OutboundKind.CORRECTION, step: int = 0
) -> list[int]:
    """So many messages of one text to one number."""
    return [due.remind(step, kind=kind) for _ in range(count)]


def send_all(*workers: Worker) -> None:
    """In turns, until nothing is due."""
    while sum(worker.send_batch(Channel.SMS) for worker in workers):
        pass


def states(due: DueMessages) -> Counter[tuple[ReminderStatus, str | None]]:
    return Counter((row.state, row.state_reason) for row in due.rows_of(outbound))


STOPPED = (ReminderStatus.FAILED, "LOOP_STOPPED")
SENT = (ReminderStatus.ACCEPTED, None)


def test_the_twenty_first_identical_text_in_five_minutes_is_not_sent(
    due: DueMessages, worker: Worker
) -> None:
    run_away(due, 60)

    send_all(worker)

    assert states(due) == {SENT: 20, STOPPED: 40}
    assert len(worker.dispatcher.sent) == 20


def test_one_incident_is_opened_however_many_are_stopped(due: DueMessages, worker: Worker) -> None:
    for _ in range(3):
        run_away(due, 30)
        send_all(worker)

    [task] = due.rows_of(staff_task)
    assert (task.kind, task.patient_id) == (TaskKind.OTHER, due.patient_id)
    assert len(worker.dispatcher.sent) == 20


def test_each_stopped_text_says_why(due: DueMessages, worker: Worker) -> None:
    *_, last = run_away(due, 21)

    send_all(worker)

    assert [due.why(last), (due.clinic_id, last) in worker.changed] == [["LOOP_STOPPED"], True]


def test_workers_share_one_count_of_repeated_texts(
    due: DueMessages, engine: sa.Engine, vault: Vault, redis_client: redis.Redis
) -> None:
    workers = [breaking_loops(engine, vault, redis_client) for _ in range(3)]
    for _ in range(12):
        run_away(due, 5)
        send_all(*workers)

    sent = sum(len(free_worker.dispatcher.sent) for free_worker in workers)
    assert 20 <= sent <= 22  # a worker may let its first go uncounted
    assert len(due.rows_of(staff_task)) == 1


def test_nobody_elses_messages_and_no_other_text_are_stopped(
    due: DueMessages, worker: Worker
) -> None:
    run_away(due, 30)
    send_all(worker)
    other = due.remind(
        kind=OutboundKind.REPLY,
        step_key=None,
        body_sealed=due.vault.seal_text("Yes.", context=BODY),
    )
    Load(due, 25, first=500).remind(2)

    send_all(worker)

    assert due.state(other) == SENT
    assert states(due) == {SENT: 20 + 1 + 25, STOPPED: 10}


@pytest.mark.parametrize("kind", [OutboundKind.SAFETY, OutboundKind.STAFF_ALERT])
def test_what_keeps_people_safe_is_neither_counted_nor_stopped(
    due: DueMessages, worker: Worker, kind: OutboundKind
) -> None:
    run_away(due, 30, kind)

    send_all(worker)

    assert states(due) == {SENT: 30}
    assert due.rows_of(staff_task) == []


def test_trying_one_message_again_is_no_loop(due: DueMessages, worker: Worker) -> None:
    message = due.remind(kind=OutboundKind.CORRECTION)
    worker.dispatcher.answer = lambda _: RejectedForNow("BUSY", 0, Failure.BUSY)
    for _ in range(25):
        worker.send_batch(Channel.SMS)
        due.change(message, not_before=sa.func.now() - timedelta(seconds=1), spent=0)

    assert len(worker.dispatcher.sent) == 25
    assert due.rows_of(staff_task) == []


def test_it_is_closed_as_long_as_the_loop_goes_on_and_open_five_minutes_after(
    due: DueMessages, worker: Worker, redis_client: redis.Redis
) -> None:
    run_away(due, 21)
    send_all(worker)
    [name] = redis_client.keys("*:repeats:*")
    redis_client.pexpire(name, 200_000)

    run_away(due, 1)
    send_all(worker)
    assert redis_client.pttl(name) > 290_000

    redis_client.delete(name)  # as it does by itself five minutes later
    run_away(due, 1)
    send_all(worker)
    assert states(due) == {SENT: 21, STOPPED: 2}


def test_sending_goes_on_where_nobody_can_count(
    due: DueMessages, engine: sa.Engine, vault: Vault
) -> None:
    with open_redis("redis://127.0.0.1:1/0") as nowhere:
        worker = breaking_loops(engine, vault, nowhere)
        run_away(due, 3)
        send_all(worker)

    assert states(due) == {SENT: 3}


def test_redis_stores_nothing_of_texts_that_do_not_repeat(
    due: DueMessages, worker: Worker, redis_client: redis.Redis
) -> None:
    Load(due, 30, first=600).remind()

    send_all(worker)

    assert redis_client.keys("*:repeats:*") == []


def test_counting_names_nobody_in_redis(
    due: DueMessages, worker: Worker, redis_client: redis.Redis
) -> None:
    run_away(due, 2)

    send_all(worker)

    [name] = redis_client.keys("*:repeats:*")
    assert b"0123" not in name
    assert redis_client.get(name) == b"2"
