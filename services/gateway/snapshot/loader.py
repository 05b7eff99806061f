"""Loads the current release in the background and keeps it in memory."""

import asyncio
import contextlib
from typing import Any, Final

import redis.exceptions

from services.chassis.ask import ServiceClient, UpstreamFailed, UpstreamTimeout, UpstreamUnavailable
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
"""The version is also polled at this interval, because an announcement may be missed."""

log = get_logger(__name__)


class SnapshotLoader:
    """Belongs to the event loop that it was started on.

    `current` is always a whole release and is replaced in one step; a request reads it once. While
    Redis and the content service are down, the last release stays in use. `missing_reason` tells
    operators why no release is loaded.
    """

    def __init__(self, redis_url: str, vault: Vault, client: ServiceClient) -> None:
        self.current: Snapshot | None = None
        self.missing_reason = "no release is loaded yet"
        self._redis = open_async_redis(redis_url)
        self._events = open_async_redis(redis_url)
        self._vault = vault
        self._client = client
        self._published = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Load the current release, then load each one that is published."""
        await self.refresh()
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._listen())]

    async def close(self) -> None:
        await end(*self._tasks)
        await self._redis.aclose()
        await self._events.aclose()

    async def refresh(self) -> None:
        """Load the current release if it is new. A failure is logged and tried again later."""
        try:
            version: Any = await self._redis.get(VERSION_KEY)
            if version is None:
                await self._load_from_content()
            elif self.current is None or version.decode() != self.current.info.version:
                await self._load()
        except redis.exceptions.RedisError as error:
            self.missing_reason = "no release is loaded: Redis does not answer"
            log.warning("release_not_checked", error=type(error).__name__)
        except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed) as error:
            self.missing_reason = (
                "no release is loaded: Redis holds none, and the content service does not answer"
            )
            log.warning("release_not_answered", error=type(error).__name__)

    async def _load(self) -> None:
        encoded: Any = await self._redis.get(RELEASE_KEY)
        if encoded is None:
            return  # flushed between the two reads; the next check loads it
        try:
            snapshot = await asyncio.to_thread(_decoded, encoded)
        except ValueError:
            log.warning("release_not_readable", reason="another shape")
            await self._load_from_content()
            return
        self._swap(snapshot)

    async def _load_from_content(self) -> None:
        """Ask the content service, which also writes a lost release back to Redis.

        Does nothing while a release is loaded.
        """
        if self.current is not None:
            return
        release = await self._client.ask(GetRelease())
        if release is None:
            self.missing_reason = (
                "no release is published; publish one by `afterglow catalog publish`"
            )
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
