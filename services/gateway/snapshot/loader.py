"""Keeps the current release in memory, off the path of requests."""

import asyncio
import contextlib
from typing import Any, Final

import redis.exceptions

from services.chassis.ask import (
    ServiceClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from services.chassis.events import listen
from services.chassis.logs import get_logger
from services.chassis.redis import open_async_redis
from services.chassis.tasks import end
from services.chassis.vault import Vault
from services.contracts.catalog import Release
from services.contracts.catalog_wire import RELEASE_KEY, VERSION_KEY, decode_release
from services.contracts.content import GetRelease
from services.contracts.events import ReleasePublished
from services.gateway.snapshot.snapshot import Snapshot

CHECK_SECONDS: Final = 1.0
"""An announcement may be missed, so the version is looked at this often as well."""

log = get_logger(__name__)


class SnapshotLoader:
    """Belongs to the event loop it was started on.

    `current` changes in one step, to a whole release. A request reads it once and keeps what it
    read. While Redis and the content service are away, the last release goes on being served.
    `lack` says to operators why there is none.
    """

    def __init__(self, redis_url: str, vault: Vault, client: ServiceClient) -> None:
        self.current: Snapshot | None = None
        self.lack = "no release is loaded yet"
        self._redis = open_async_redis(redis_url)
        self._events = open_async_redis(redis_url)
        self._vault = vault
        self._client = client
        self._published = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Load what there is, then follow what is published."""
        await self.refresh()
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._listen())]

    async def close(self) -> None:
        await end(*self._tasks)
        await self._redis.aclose()
        await self._events.aclose()

    async def refresh(self) -> None:
        """Load the current release if it is another than ours; what fails is tried again later."""
        try:
            version: Any = await self._redis.get(VERSION_KEY)
            if version is None:
                await self._ask_for_it()
            elif self.current is None or version.decode() != self.current.info.version:
                await self._load()
        except redis.exceptions.RedisError as fault:
            self.lack = "no release is loaded: Redis does not answer"
            log.warning("release_not_checked", error=type(fault).__name__)
        except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed) as fault:
            self.lack = (
                "no release is loaded: Redis holds none, and the content service does not answer"
            )
            log.warning("release_not_answered", error=type(fault).__name__)

    async def _load(self) -> None:
        encoded: Any = await self._redis.get(RELEASE_KEY)
        if encoded is None:
            return  # flushed between the two reads; the next check sees to it
        try:
            snapshot = await asyncio.to_thread(_decoded, encoded)
        except ValueError:
            log.warning("release_not_readable", reason="another shape")
            await self._ask_for_it()
            return
        self._swap(snapshot)

    async def _ask_for_it(self) -> None:
        """Only while there is nothing to serve: the content service puts a lost release back."""
        if self.current is not None:
            return
        release = await self._client.ask(GetRelease())
        if release is None:
            self.lack = "no release is published; publish one by `afterglow catalog publish`"
        else:
            self._swap(await asyncio.to_thread(Snapshot, release))

    def _swap(self, snapshot: Snapshot) -> None:
        self.current = snapshot
        log.info("release_loaded", release=snapshot.info.version)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._published.wait()
            self._published.clear()
            await self.refresh()

    async def _listen(self) -> None:
        async for _ in listen(self._events, self._vault, (ReleasePublished,)):
            self._published.set()


def _decoded(encoded: bytes) -> Snapshot:
    release: Release = decode_release(encoded)
    return Snapshot(release)
