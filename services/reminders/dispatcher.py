"""The dispatcher: wakes workers when messages are due, and puts right what was left behind.

Any number may run, and none is the leader. It has no state, so losing one loses nothing.
"""

import signal
import sys
import threading
import time
from collections.abc import Mapping

import redis.exceptions

from services.chassis import logs
from services.chassis.settings import SettingsFault, load
from services.chassis.zone_data import use_locked_zones
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.delivery_wiring import DispatcherParts, open_dispatcher, queue_of
from services.reminders.settings import DispatcherSettings

_TICK_SECONDS = 0.1
_SWEEP_SECONDS = 1.0
_MOVE_SECONDS = 10.0  # how soon a provider's bad minute is seen; weights move once a minute
_PURGE_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 1.5  # so that SIGTERM ends it within two seconds

log = logs.get_logger(__name__)


def main(environ: Mapping[str, str]) -> int:
    """Run until SIGTERM or SIGINT. Returns 1 if the settings are not usable."""
    use_locked_zones()
    stopping = threading.Event()
    try:
        settings = load(DispatcherSettings, environ)
        logs.configure("dispatcher", is_development=settings.is_development)
        parts = open_dispatcher(settings)
    except (SettingsFault, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    log.info("ready")
    try:
        Dispatcher(parts).run(stopping)
    finally:
        parts.close()
    log.info("stopped")
    return 0


class Dispatcher:
    """Continues if the database or Redis is away; logs it once, and again when it is back."""

    def __init__(self, parts: DispatcherParts) -> None:
        self._parts = parts
        self._away: str | None = None
        self._wait = _TICK_SECONDS
        self._sweep_at = 0.0
        self._move_at = 0.0
        self._purge_at = 0.0

    def run(self, stopping: threading.Event) -> None:
        while not stopping.wait(self._wait):
            try:
                self.tick()
            except StorageAway:
                self._back_off("database_is_away")
            except redis.exceptions.RedisError:
                self._back_off("redis_is_away")
            else:
                self._all_is_well()

    def tick(self) -> None:
        """Wake each channel with something due; sweep and run the timers once a second."""
        if time.monotonic() >= self._sweep_at:
            moved = self._parts.sweep()
            if moved:
                log.info("swept", count=moved)
            self._parts.run_check_in_timers()
            self._sweep_at = time.monotonic() + _SWEEP_SECONDS
        if time.monotonic() >= self._move_at:
            self._move_at = time.monotonic() + _MOVE_SECONDS
            self._parts.move_traffic()
        if time.monotonic() >= self._purge_at:
            self._purge_at = time.monotonic() + _PURGE_SECONDS
            if gone := self._parts.purge():
                log.info("purged", count=gone)
        for channel in self._parts.due.channels():
            self._parts.wake_up.send(queue_of(channel), str(channel))

    def _back_off(self, event: str) -> None:
        if self._away != event:
            log.warning(event)
        self._away = event
        self._wait = min(self._wait * 2, _LONGEST_WAIT_SECONDS)

    def _all_is_well(self) -> None:
        if self._away:
            log.info("back_again", reason=self._away)
        self._away, self._wait = None, _TICK_SECONDS
