import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
import redis
import redis.asyncio
from structlog.testing import capture_logs

from services.chassis import events
from services.chassis.events import EventPublisher, listen
from services.chassis.redis import open_async_redis, open_redis
from services.chassis.vault import Vault
from services.contracts.events import Event
from tests.support.waiting import until_somebody_listens


class KettleBoiled(Event, frozen=True, kw_only=True):
    liters: int


class KettleBroke(Event, frozen=True, kw_only=True):
    reason: str


async def liters_received(
    redis_url: str, vault: Vault, count: int, act: Callable[[], Any]
) -> list[int]:
    """Return the liters of the first `count` boilings that a listener receives."""
    client, observer = open_async_redis(redis_url), open_redis(redis_url)
    liters: list[int] = []

    async def collect() -> None:
        async for event in listen(client, vault, (KettleBoiled,)):
            liters.append(event.liters)
            if len(liters) == count:
                return

    try:
        async with asyncio.timeout(10):
            listening = asyncio.create_task(collect())
            await until_somebody_listens(observer)
            await asyncio.to_thread(act)
            await listening
    finally:
        await client.aclose()
        observer.close()
    return liters


def test_a_listener_gets_what_is_announced_after_it_began(
    redis_url: str, redis_client: redis.Redis, vault: Vault
) -> None:
    publisher = EventPublisher(redis_client, vault)
    publisher.publish(KettleBoiled(liters=1))

    def act() -> None:
        publisher.publish(KettleBroke(reason="scale"))
        publisher.publish(KettleBoiled(liters=2))

    assert asyncio.run(liters_received(redis_url, vault, 1, act)) == [2]


def test_a_listener_goes_on_after_redis_was_flushed(
    redis_url: str, redis_client: redis.Redis, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = EventPublisher(redis_client, vault)
    is_noticed = threading.Event()
    look = events._was_flushed  # noqa: SLF001 - watched, not replaced

    async def look_and_tell(client: redis.asyncio.Redis, last: bytes | str) -> bool:
        was_flushed = await look(client, last)
        if was_flushed:
            is_noticed.set()
        return was_flushed

    monkeypatch.setattr(events, "_was_flushed", look_and_tell)

    def act() -> None:
        publisher.publish(KettleBoiled(liters=1))
        redis_client.flushdb()
        assert is_noticed.wait(10)
        publisher.publish(KettleBoiled(liters=2))

    assert asyncio.run(liters_received(redis_url, vault, 2, act)) == [1, 2]


def test_announcing_never_fails_its_cause_when_redis_is_away(vault: Vault) -> None:
    client = open_redis("redis://127.0.0.1:1")

    with capture_logs() as logs:
        EventPublisher(client, vault).publish(KettleBoiled(liters=1))
    client.close()

    assert [(entry["event"], entry["count"]) for entry in logs] == [("event_lost", 1)]


def test_what_is_announced_cannot_be_read_in_redis(redis_client: redis.Redis, vault: Vault) -> None:
    EventPublisher(redis_client, vault).publish(KettleBroke(reason="Marker-7f3a"))

    assert b"Marker-7f3a" not in repr(redis_client.xrange("events")).encode()
