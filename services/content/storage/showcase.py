"""Keeps the current release in Redis, where every gateway reads it."""

import threading
from typing import Final

import redis
import redis.exceptions
import sqlalchemy as sa

from services.chassis.events import EventPublisher
from services.chassis.logs import get_logger
from services.content.storage.unit_of_work import OpenUnitOfWork
from services.contracts.catalog_wire import RELEASE_KEY, VERSION_KEY
from services.contracts.events import ReleasePublished

_CHECK_SECONDS: Final = 1.0

log = get_logger(__name__)


class Showcase:
    """Puts the current release into Redis, and puts it back whenever it is missing."""

    def __init__(
        self,
        engine: sa.Engine,
        open_uow: OpenUnitOfWork,
        client: redis.Redis,
        events: EventPublisher,
    ) -> None:
        self._engine = engine
        self._open_uow = open_uow
        self._redis = client
        self._events = events
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="showcase", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def announce(self, version: str) -> None:
        """Show the current release and publish an event about it.

        If Redis fails, the next check shows the release, and gateways notice it without the event.
        """
        try:
            self.show()
        except (redis.exceptions.RedisError, sa.exc.SQLAlchemyError) as fault:
            log.warning("release_not_shown", release=version, error=type(fault).__name__)
        self._events.publish(ReleasePublished(version=version))

    def show(self) -> None:
        """Put the current release into Redis, unless it is there."""
        with self._engine.connect() as connection:
            releases = self._open_uow(connection).releases
            version = releases.current_version()
            if version is None or self._is_shown(version):
                return
            encoded = releases.read_encoded(version)
        if encoded is not None:
            self._redis.mset({RELEASE_KEY: encoded, VERSION_KEY: version})
            log.info("release_shown", release=version)

    def _is_shown(self, version: str) -> bool:
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.get(VERSION_KEY)
            pipe.exists(RELEASE_KEY)
            shown, is_there = pipe.execute()
        return shown == version.encode() and bool(is_there)

    def _run(self) -> None:
        was_away = False
        while not self._stop.is_set():
            try:
                self.show()
                was_away = False
            except (redis.exceptions.RedisError, sa.exc.SQLAlchemyError) as fault:
                if not was_away:  # logged once per outage, not every second
                    log.warning("release_not_shown", error=type(fault).__name__)
                was_away = True
            self._stop.wait(_CHECK_SECONDS)
