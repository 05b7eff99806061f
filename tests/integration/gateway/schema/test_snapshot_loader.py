import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import redis

from services.chassis.events import EventPublisher
from services.chassis.vault import Vault
from services.contracts.catalog import Release
from services.contracts.catalog_wire import RELEASE_KEY, VERSION_KEY, encode_release
from services.contracts.content import GetRelease
from services.contracts.events import ReleasePublished
from services.gateway.snapshot.loader import SnapshotLoader
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.gateway.fake_calls import FakeClient
from tests.support.gateway.small_catalog import procedure, snapshot_of
from tests.support.waiting import until_somebody_listens

SERVED_WITHIN_SECONDS = 8.0  # two on a quiet machine


def release(version: str) -> Release:
    made = snapshot_of(procedure("laser")).release
    info = msgspec.structs.replace(
        made.info, version=version, published_at=datetime(2026, 11, 2, tzinfo=UTC)
    )
    return msgspec.structs.replace(made, info=info)


def put(client: redis.Redis, version: str) -> None:
    client.mset({RELEASE_KEY: encode_release(release(version)), VERSION_KEY: version})


def content(release: Release | None = None) -> FakeClient:
    return FakeClient({GetRelease: lambda _: release})


@asynccontextmanager
async def loading(
    redis_url: str, vault: Vault, client: FakeClient | None = None
) -> AsyncIterator[SnapshotLoader]:
    loader = SnapshotLoader(redis_url, vault, client or content())
    await loader.start()
    try:
        yield loader
    finally:
        await loader.close()


def version_of(snapshot: Snapshot | None) -> str | None:
    return snapshot.info.version if snapshot else None


async def serves(loader: SnapshotLoader, version: str) -> float:
    """Seconds until this version is served; fails after the time that is promised."""
    began = time.monotonic()
    while version_of(loader.current) != version:
        assert time.monotonic() - began < SERVED_WITHIN_SECONDS, version_of(loader.current)
        await asyncio.sleep(0.01)
    return time.monotonic() - began


Steps = Callable[[SnapshotLoader], Awaitable[Any]]


def run(redis_url: str, vault: Vault, steps: Steps, client: FakeClient | None = None) -> None:
    async def all_of_it() -> None:
        async with loading(redis_url, vault, client) as loader:
            await steps(loader)

    asyncio.run(all_of_it())


def test_serves_what_lies_in_redis_from_the_start(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    put(redis_client, "1")

    async def steps(loader: SnapshotLoader) -> None:
        assert version_of(loader.current) == "1"

    run(redis_url, vault, steps)


def test_asks_for_the_release_when_redis_has_none(redis_url: str, vault: Vault) -> None:
    async def steps(loader: SnapshotLoader) -> None:
        assert version_of(loader.current) == "7"

    run(redis_url, vault, steps, content(release("7")))


def test_serves_nothing_until_something_is_published(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    async def steps(loader: SnapshotLoader) -> None:
        assert loader.current is None
        put(redis_client, "1")
        await serves(loader, "1")

    run(redis_url, vault, steps)


def test_serves_a_new_release_in_time_when_its_announcement_was_missed(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    put(redis_client, "1")

    async def steps(loader: SnapshotLoader) -> None:
        put(redis_client, "2")
        assert await serves(loader, "2") < SERVED_WITHIN_SECONDS

    run(redis_url, vault, steps)


def test_serves_an_announced_release_at_once(
    redis_url: str,
    redis_client: redis.Redis,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.gateway.snapshot.loader.CHECK_SECONDS", 60)
    put(redis_client, "1")

    async def steps(loader: SnapshotLoader) -> None:
        await until_somebody_listens(redis_client)
        put(redis_client, "2")
        EventPublisher(redis_client, vault).publish(ReleasePublished(version="2"))
        assert await serves(loader, "2") < SERVED_WITHIN_SECONDS

    run(redis_url, vault, steps)


def test_goes_back_when_a_release_is_rolled_back(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    put(redis_client, "2")

    async def steps(loader: SnapshotLoader) -> None:
        put(redis_client, "1")
        assert await serves(loader, "1") < SERVED_WITHIN_SECONDS

    run(redis_url, vault, steps)


def test_goes_on_serving_when_redis_was_flushed(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    put(redis_client, "1")
    client = content()

    async def steps(loader: SnapshotLoader) -> None:
        redis_client.flushdb()
        await loader.refresh()
        assert version_of(loader.current) == "1"

    run(redis_url, vault, steps, client)
    assert client.asked == []


def test_asks_when_redis_holds_what_cannot_be_read(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    redis_client.mset({RELEASE_KEY: b"of another shape", VERSION_KEY: "1"})

    async def steps(loader: SnapshotLoader) -> None:
        assert version_of(loader.current) == "1"

    run(redis_url, vault, steps, content(release("1")))


def test_a_request_keeps_the_snapshot_it_began_with(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    put(redis_client, "1")

    async def steps(loader: SnapshotLoader) -> None:
        held = loader.current
        put(redis_client, "2")
        await serves(loader, "2")
        assert version_of(held) == "1"

    run(redis_url, vault, steps)


def test_starts_without_redis(vault: Vault) -> None:
    async def steps(loader: SnapshotLoader) -> None:
        assert loader.current is None

    run("redis://127.0.0.1:1/0", vault, steps)
