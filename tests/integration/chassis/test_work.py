import multiprocessing
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue, Worker

from services.chassis.redis import open_redis
from services.chassis.work import WakeUp, run_worker
from services.launcher.embedded.valkey import prepare
from services.launcher.ports import keep_or_choose
from services.launcher.processes import wait_until

QUEUE = "dishes"


def wash(stopping: threading.Event, redis_url: str) -> Callable[[str], None]:
    """A job that notes each dish in Redis, before and after a moment's work."""

    def run(dish: str) -> None:
        with open_redis(redis_url) as client:
            client.rpush("begun", dish)
            stopping.wait(0.5)
            client.rpush("done", dish)

    return run


def worker_process(redis_url: str) -> None:
    stopping = threading.Event()
    functions = {"wash": wash(stopping, redis_url)}
    run_worker(redis_url=redis_url, queue=QUEUE, functions=functions, stopping=stopping)


@contextmanager
def worker_on(redis_url: str) -> Iterator[Any]:
    process = multiprocessing.get_context("spawn").Process(target=worker_process, args=(redis_url,))
    process.start()
    ends = time.monotonic() + 20
    with open_redis(redis_url) as client:  # a ring fades in three seconds, so there must be ears
        while not Worker.count(connection=client):
            assert time.monotonic() < ends, "the worker did not start in 20 s"
            time.sleep(0.05)
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


@pytest.fixture
def worker(redis_url: str) -> Iterator[Any]:
    with worker_on(redis_url) as process:
        yield process


@contextmanager
def valkey_of_its_own(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    prepared = prepare(folder, port=keep_or_choose(None), password="p")
    command = prepared.program(0).argv
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603 - our own binary
        try:
            assert wait_until(prepared.is_ready, 10)
            yield prepared.url(), server
        finally:
            server.kill()


def test_a_worker_does_what_a_ring_asks(worker: Any, redis_client: redis.Redis) -> None:
    assert worker.is_alive()

    WakeUp(redis_client, "wash").send(QUEUE, "plate")

    assert _popped(redis_client, "done") == b"plate"


def test_rings_that_nobody_answers_do_not_pile_up(redis_client: redis.Redis) -> None:
    wake_up = WakeUp(redis_client, "wash")

    sent = [wake_up.send(QUEUE, "plate") for _ in range(5)]

    assert sent == [True, True, False, False, False]


def test_an_unanswered_ring_fades_away(redis_client: redis.Redis) -> None:
    WakeUp(redis_client, "wash").send(QUEUE, "plate")

    job = Queue(QUEUE, connection=redis_client, serializer="json").jobs[0]

    assert job.ttl == 3


def test_a_worker_told_to_stop_ends_the_job_in_hand(worker: Any, redis_client: redis.Redis) -> None:
    WakeUp(redis_client, "wash").send(QUEUE, "plate")
    assert _popped(redis_client, "begun") == b"plate"

    os.kill(worker.pid, signal.SIGTERM)
    worker.join(timeout=30)

    assert (worker.exitcode, redis_client.lrange("done", 0, -1)) == (0, [b"plate"])


def test_an_idle_worker_stops_soon(worker: Any, redis_client: redis.Redis) -> None:
    WakeUp(redis_client, "wash").send(QUEUE, "plate")
    assert _popped(redis_client, "done") == b"plate"
    signalled_at = time.monotonic()

    os.kill(worker.pid, signal.SIGTERM)
    worker.join(timeout=30)

    assert time.monotonic() - signalled_at < 8


def test_a_worker_stops_though_redis_is_away(tmp_path: Path) -> None:
    with valkey_of_its_own(tmp_path) as (url, server), worker_on(url) as process:
        server.kill()
        server.wait()
        time.sleep(1)  # it has noticed, and waits for Redis to come back

        os.kill(process.pid, signal.SIGTERM)
        process.join(timeout=30)

        assert process.exitcode == 0


def test_a_job_that_names_another_function_is_not_run(
    worker: Any, redis_client: redis.Redis, tmp_path: Any
) -> None:
    trace = tmp_path / "trace"
    queue = Queue(QUEUE, connection=redis_client, serializer="json")
    queue.enqueue_call("os.mkdir", args=(str(trace),))
    WakeUp(redis_client, "wash").send(QUEUE, "plate")

    assert _popped(redis_client, "done") == b"plate"
    assert not trace.exists()
    assert worker.is_alive()


def _popped(client: redis.Redis, key: str) -> object:
    popped: Any = client.blpop([key], timeout=9)
    return popped[1] if popped else None
