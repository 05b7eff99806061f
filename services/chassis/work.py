"""Background work on RQ: wake-ups that may be lost or doubled, and clean stops.

A job only says that there is work; the database says which. So a lost job costs one tick, and a
doubled one nothing. This module replaces what RQ does wrong for us: pickled or arbitrary jobs, jobs
that SIGTERM leaves behind, and alarms that interrupt a job anywhere.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import redis
import redis.exceptions
from redis.client import Pipeline
from rq import Queue, SimpleWorker, Worker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.timeouts import BaseDeathPenalty

from services.chassis.redis import open_redis

_WAKE_UP_SECONDS = 3
"""How long an unread wake-up is kept. The dispatcher sends the next one long before."""

_FAILED_KEPT_SECONDS = 3600
_WORKER_TTL = 17  # RQ blocks this minus 15 s: an idle worker stops within two seconds
_MAINTENANCE_SECONDS = 30


class WakeUp:
    """Tells the workers of a queue that there is work."""

    def __init__(self, client: redis.Redis, function: str) -> None:
        """`function` is a name on the worker's allow-list."""
        self._redis = client
        self._function = function

    def send(self, queue: str, *args: str) -> bool:
        """Send one unless two a worker are waiting. Returns whether it was sent.

        Raises redis.exceptions.RedisError when Redis is away.
        """
        wake_ups = Queue(queue, connection=self._redis, serializer="json")
        workers = Worker.count(connection=self._redis, queue=wake_ups)
        if wake_ups.count >= 2 * max(1, workers):
            return False
        wake_ups.enqueue_call(
            self._function,
            args=args,
            ttl=_WAKE_UP_SECONDS,
            timeout=-1,
            result_ttl=0,
            failure_ttl=_FAILED_KEPT_SECONDS,
        )
        return True


class NotOnTheList(Exception):
    """A job names a function that this worker does not offer."""


class _NoAlarm(BaseDeathPenalty):
    """RQ's alarm could interrupt a batch anywhere. Our work has its own limits."""

    def setup_death_penalty(self) -> None:
        """Set no alarm."""

    def cancel_death_penalty(self) -> None:
        """Cancel none."""


def run_worker(
    *,
    redis_url: str,
    queue: str,
    functions: Mapping[str, Callable[..., None]],
    stopping: threading.Event,
) -> None:
    """Work one queue until SIGTERM or SIGINT, which set `stopping` and let the job end.

    It is one queue, because with two RQ can lose a popped job. While Redis is away it waits. If RQ
    gives up, this returns, and a supervisor starts the worker again.
    """
    logging.getLogger("rq.worker").setLevel(logging.WARNING)
    worker = _worker_class(functions, stopping)(
        [queue],
        connection=open_redis(redis_url),
        serializer="json",
        worker_ttl=_WORKER_TTL,
        maintenance_interval=_MAINTENANCE_SECONDS,
        job_class=_job_class(functions),
        log_job_description=False,
    )
    with contextlib.suppress(redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
        worker.work(logging_level="WARNING")


def _job_class(functions: Mapping[str, Callable[..., None]]) -> type[Job]:
    class AllowedJob(Job):
        """A job that can only call what this worker offers.

        With JSON alone it could call `os.system`.
        """

        @property
        def func(self) -> Callable[..., None]:
            try:
                return functions[self.func_name or ""]
            except KeyError:
                raise NotOnTheList("this worker offers no such function") from None

    return AllowedJob


def _worker_class(
    functions: Mapping[str, Callable[..., None]], stopping: threading.Event
) -> type[SimpleWorker]:
    class StoppableQueue(Queue):
        """A queue that stops only between jobs."""

        job_class = _job_class(functions)

        @classmethod
        def dequeue_any(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - RQ's own signature
            if stopping.is_set():
                raise StopRequested
            return super().dequeue_any(*args, **kwargs)

    class StoppableWorker(SimpleWorker):
        queue_class = StoppableQueue
        death_penalty_class = _NoAlarm
        max_connection_wait_time = 2.0
        log_result_lifespan = False

        def _shutdown(self) -> None:
            self._stop_requested = True
            stopping.set()

        def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
            """Stop here if requested, because RQ ignores signals while it waits for Redis."""
            try:
                super().heartbeat(timeout, pipeline)
            except (redis.exceptions.ConnectionError, redis.exceptions.TimeoutError):
                if stopping.is_set():
                    raise StopRequested from None
                raise

        def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
            """Ignore a second signal, because the batch must finish its bookkeeping."""

    return StoppableWorker
