"""A real dispatcher and real workers, against a provider on a real socket."""

import random
import threading
import time
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import redis

from services.contracts.words import ReminderStatus
from services.reminders.database.tables import delivery_attempt, outbound
from tests.support.processes.http_provider import HttpProvider
from tests.support.processes.worker_process import dispatcher, stopping, worker
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load
from tests.support.waiting import eventually


def remind_often(due: DueMessages, count: int) -> None:
    """A reminder each for many people."""
    Load(due, count).remind()


def states(due: DueMessages) -> Counter[ReminderStatus]:
    return Counter(row.state for row in due.rows_of(outbound))


def test_a_due_message_reaches_the_provider(
    due: DueMessages, environ: dict[str, str], provider: HttpProvider, tmp_path: Path
) -> None:
    due.remind()

    with stopping(dispatcher(environ, tmp_path), worker(environ, tmp_path)):
        assert eventually(lambda: states(due) == {ReminderStatus.ACCEPTED: 1})

    [form] = provider.received
    assert form["Body"].startswith("Rowan Clinic: ")


def test_no_message_is_lost_or_doubled_when_workers_are_killed(
    due: DueMessages, environ: dict[str, str], provider: HttpProvider, tmp_path: Path
) -> None:
    jitter = random.Random(7)  # noqa: S311 - a provider's latency

    def answer(_: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        time.sleep(jitter.random() * 0.02)
        return 201, {}, b'{"sid": "SM1"}'

    provider.answer = answer
    remind_often(due, 300)
    kills = 0
    with stopping(dispatcher(environ, tmp_path)):
        while states(due)[ReminderStatus.SCHEDULED] > 100:
            doomed = worker(environ, tmp_path)
            await_texts(provider, 40)
            doomed.kill()
            kills += 1
        with stopping(worker(environ, tmp_path)):
            assert eventually(lambda: not states(due).keys() - _SETTLED, within=60)

    assert states(due).total() == 300
    assert states(due)[ReminderStatus.UNKNOWN] <= 16 * kills
    assert all(times == 1 for times in arrivals(due, provider).values())
    assert arrivals(due, provider).keys() >= sent(due)


def await_texts(provider: HttpProvider, count: int) -> None:
    enough = len(provider.received) + count
    eventually(lambda: len(provider.received) >= enough, within=20)


def arrivals(due: DueMessages, provider: HttpProvider) -> Counter[int]:
    """How often each message reached the provider, whichever attempt it was."""
    messages = {f"{row.id}": row.outbound_id for row in due.rows_of(delivery_attempt)}
    callbacks = (parse_qs(urlsplit(form["StatusCallback"]).query) for form in provider.received)
    return Counter(messages[fields["attempt"][0]] for fields in callbacks)


def sent(due: DueMessages) -> set[int]:
    return {row.id for row in due.rows_of(outbound) if row.state is ReminderStatus.ACCEPTED}


_SETTLED = {ReminderStatus.ACCEPTED, ReminderStatus.UNKNOWN}


def test_an_idle_worker_and_dispatcher_stop_soon(
    due: DueMessages, environ: dict[str, str], provider: HttpProvider, tmp_path: Path
) -> None:
    due.remind()
    bell, hand = dispatcher(environ, tmp_path), worker(environ, tmp_path)
    eventually(lambda: bool(provider.received))

    took = hand.stop(), bell.stop()

    assert took[0] < 15
    assert took[1] < 10


def test_a_worker_that_is_stopped_leaves_nothing_half_done(
    due: DueMessages, environ: dict[str, str], provider: HttpProvider, tmp_path: Path
) -> None:
    def answer(_: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.2)
        return 201, {}, b'{"sid": "SM1"}'

    provider.answer = answer
    remind_often(due, 200)
    hand = worker(environ, tmp_path)
    with stopping(dispatcher(environ, tmp_path)):
        await_texts(provider, 20)
    took = hand.stop()

    assert took < 30
    assert states(due).keys() <= {ReminderStatus.SCHEDULED, ReminderStatus.ACCEPTED}
    assert states(due)[ReminderStatus.ACCEPTED] == len(provider.received)
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_flushed_redis_costs_no_message(
    due: DueMessages,
    environ: dict[str, str],
    redis_client: redis.Redis,
    provider: HttpProvider,
    tmp_path: Path,
) -> None:
    def answer(_: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.05)
        return 201, {}, b'{"sid": "SM1"}'

    provider.answer = answer
    remind_often(due, 100)
    with stopping(dispatcher(environ, tmp_path), worker(environ, tmp_path)):
        await_texts(provider, 20)
        redis_client.flushdb()
        assert eventually(lambda: states(due) == {ReminderStatus.ACCEPTED: 100}, within=40)

    assert len(provider.received) == 100


def test_a_new_worker_settles_what_a_killed_one_left_on_its_machine(
    due: DueMessages, environ: dict[str, str], provider: HttpProvider, tmp_path: Path
) -> None:
    is_killed = threading.Event()

    def answer(_: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        is_killed.wait(10)
        return 201, {}, b'{"sid": "SM1"}'

    provider.answer = answer
    remind_often(due, 16)
    doomed = worker(environ, tmp_path)
    with stopping(dispatcher(environ, tmp_path)):
        await_texts(provider, 16)
    doomed.kill()
    is_killed.set()

    with stopping(worker(environ, tmp_path)):
        assert eventually(lambda: states(due) == {ReminderStatus.UNKNOWN: 16}, within=40)
