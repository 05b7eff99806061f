"""A dispatcher rings for what is due, and goes on whatever is away."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue

from services.chassis.settings import load
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.delivery_wiring import DispatcherParts, open_dispatcher
from services.reminders.dispatcher import Dispatcher
from services.reminders.settings import DispatcherSettings
from tests.support.processes.dispatching import dispatching
from tests.support.processes.worker_process import dispatcher
from tests.support.reminders.due_messages import LONG_AGO, DueMessages
from tests.support.waiting import eventually

LONGEST_WAIT_SECONDS = 1.5


@pytest.fixture
def environ(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str, tmp_path: Path
) -> dict[str, str]:
    return {
        "AFTERGLOW_HOME": str(tmp_path),
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys,
        "SECRET_KEY": "s" * 32,
    }


@pytest.fixture
def parts(environ: dict[str, str]) -> Iterator[DispatcherParts]:
    opened = open_dispatcher(load(DispatcherSettings, environ))
    yield opened
    opened.close()


def rings(client: redis.Redis, channel: Channel) -> int:
    return Queue(f"deliver-{channel.lower()}", connection=client, serializer="json").count


def test_rings_for_the_channel_that_has_something_due(
    due: DueMessages, parts: DispatcherParts, redis_client: redis.Redis
) -> None:
    due.remind(channel=Channel.EMAIL)

    Dispatcher(parts).tick()

    assert [rings(redis_client, channel) for channel in (Channel.SMS, Channel.EMAIL)] == [0, 1]


def test_rings_no_more_than_workers_can_answer(
    due: DueMessages, parts: DispatcherParts, redis_client: redis.Redis
) -> None:
    due.remind()
    busy = Dispatcher(parts)

    for _ in range(10):
        busy.tick()

    assert rings(redis_client, Channel.SMS) == 2


def test_stays_silent_when_nothing_is_due(
    due: DueMessages, parts: DispatcherParts, redis_client: redis.Redis
) -> None:
    due.change(due.remind(), not_before=LONG_AGO.replace(year=2999))

    Dispatcher(parts).tick()

    assert rings(redis_client, Channel.SMS) == 0


def test_sweeps_as_it_goes(due: DueMessages, parts: DispatcherParts) -> None:
    reminder = due.remind()
    due.change(reminder, useful_until=LONG_AGO)

    Dispatcher(parts).tick()

    assert due.state(reminder)[0] is ReminderStatus.EXPIRED


@pytest.mark.parametrize(
    ("variable", "nowhere"),
    [
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
    ],
)
def test_goes_on_while_a_server_is_away(
    due: DueMessages, environ: dict[str, str], variable: str, nowhere: str
) -> None:
    due.remind()

    with dispatching(environ | {variable: nowhere}) as rounds:
        rounds.wait_for_more(8)

    assert rounds.waits[0] < rounds.waits[-1] <= LONGEST_WAIT_SECONDS


def test_ends_within_two_seconds_though_redis_is_away(
    environ: dict[str, str], tmp_path: Path
) -> None:
    process = dispatcher(environ | {"REDIS_URL": "redis://127.0.0.1:1/0"}, tmp_path)
    log = tmp_path / "dispatcher.log"
    assert eventually(lambda: "redis_is_away" in log.read_text())

    assert process.stop() < 2.5
