"""A worker: sends the due messages of one channel when it is woken."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping

import redis.exceptions

from services.chassis import logs
from services.chassis.settings import SettingsFault, load
from services.chassis.work import run_worker
from services.chassis.zone_data import use_locked_zones
from services.contracts.catalog import Channel
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.delivery_wiring import open_worker, queue_of
from services.reminders.settings import WorkerSettings

_WAKE_UP_SECONDS = 2.0
"""How long a worker sends for one wake-up. The dispatcher sends more while anything is due."""

log = logs.get_logger(__name__)


def main(channel: Channel, environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT. Returns 1 if it could not start, or Redis stays away."""
    use_locked_zones()
    stopping = threading.Event()
    try:
        settings = load(WorkerSettings, environ)
        logs.configure(f"worker-{channel.lower()}", is_development=settings.is_development)
        parts = open_worker(settings, channel, stopping)
    except (SettingsFault, ValueError, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):  # until RQ listens to them itself
        signal.signal(number, lambda *_: stopping.set())
    log.info("ready", channel=channel)

    def is_in_doubt() -> bool:
        return parts.journal.is_in_doubt

    try:
        recover(parts.recover_dead_workers)
        run_worker(
            redis_url=settings.redis_url,
            queue=queue_of(channel),
            functions={"drain": drain(channel, parts.send_batch, stopping, is_in_doubt)},
            stopping=stopping,
        )
    except redis.exceptions.RedisError as fault:
        log.warning("redis_is_away", error=type(fault).__name__)
    finally:
        parts.close()
    log.info("stopped", channel=channel)
    return 0 if stopping.is_set() and not is_in_doubt() else 1


def recover(recover_dead_workers: Callable[[], int]) -> None:
    """Settle what dead workers of this machine left: the dispatcher may run on another one."""
    try:
        moved = recover_dead_workers()
    except StorageAway as fault:
        log.warning("database_is_away", error=str(fault))
    else:
        if moved:
            log.info("recovered", count=moved)


def drain(
    channel: Channel,
    send_batch: Callable[[Channel], int],
    stopping: threading.Event,
    is_in_doubt: Callable[[], bool] = lambda: False,
) -> Callable[..., None]:
    """Return the job of a wake-up: send until nothing is due, for two seconds at most.

    A worker in doubt ends. It does not know whether an attempt that it wanted to begin was
    committed; its journal tells, and only the journals of dead workers are read.
    """

    def send_due(woken: str) -> None:
        if woken != channel:
            log.warning("wrong_channel", channel=channel)
            return
        until = time.monotonic() + _WAKE_UP_SECONDS
        try:
            while not stopping.is_set() and time.monotonic() < until:
                if send_batch(channel) == 0:
                    break
        except StorageAway as fault:
            log.warning("database_is_away", error=str(fault))
        if is_in_doubt():
            log.warning("ends_in_doubt", channel=channel)
            stopping.set()

    return send_due
