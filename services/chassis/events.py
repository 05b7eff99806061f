"""Events on one capped stream. Any may be lost: listeners can rebuild their state by asking."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, TypeVar

import msgspec
import redis
import redis.asyncio
import redis.exceptions

from services.chassis.logs import get_logger
from services.chassis.vault import CannotOpen, Vault

E = TypeVar("E")

_STREAM = "events"
_KEPT = 10_000
_BLOCK_MILLISECONDS = 1_000

log = get_logger(__name__)


class EventPublisher:
    """Publishes events. An event may be lost, but its cause must not fail."""

    def __init__(self, client: redis.Redis, vault: Vault) -> None:
        self._redis = client
        self._vault = vault

    def publish(self, *events: msgspec.Struct) -> None:
        """Publish all events at once. Never raises if Redis is away."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for event in events:
                    kind = type(event).__name__
                    sealed = self._vault.seal(msgspec.msgpack.encode(event), context=_context(kind))
                    entry: Any = {"kind": kind, "sealed": sealed}
                    pipe.xadd(_STREAM, entry, maxlen=_KEPT, approximate=True)
                pipe.execute()
        except redis.exceptions.RedisError as fault:
            log.warning("event_lost", count=len(events), error=type(fault).__name__)


async def listen(
    client: redis.asyncio.Redis, vault: Vault, kinds: Sequence[type[E]]
) -> AsyncIterator[E]:
    """Yield events of these kinds from now on. Continues after Redis was away or flushed."""
    by_name = {kind.__name__: kind for kind in kinds}
    last: bytes | str = "$"
    while True:
        try:
            last = await _newest(client) if last == "$" else last
            read: Any = await client.xread({_STREAM: last}, count=100, block=_BLOCK_MILLISECONDS)
        except redis.exceptions.RedisError:
            await asyncio.sleep(0.2)
            last = "$"
            continue
        for entry_id, fields in read[0][1] if read else ():
            last = entry_id
            kind = by_name.get(fields.get(b"kind", b"").decode())
            event = _opened(vault, kind, fields) if kind else None
            if event is not None:
                yield event
        if not read and await _was_flushed(client, last):
            last = "0"


async def _newest(client: redis.asyncio.Redis) -> bytes | str:
    newest: Any = await client.xrevrange(_STREAM, count=1)
    return newest[0][0] if newest else "0"


async def _was_flushed(client: redis.asyncio.Redis, last: bytes | str) -> bool:
    """Whether ids have restarted below the last one seen, so that nothing would be read."""
    try:
        newest = await _newest(client)
    except redis.exceptions.RedisError:
        return False
    return _number(newest) < _number(last)


def _number(entry_id: bytes | str) -> tuple[int, int]:
    text = entry_id.decode() if isinstance(entry_id, bytes) else entry_id
    milliseconds, _, sequence = text.partition("-")
    return int(milliseconds), int(sequence or 0)


def _opened(vault: Vault, kind: type[E], fields: dict[bytes, bytes]) -> E | None:
    try:
        plain = vault.open(fields[b"sealed"], context=_context(kind.__name__))
        return msgspec.msgpack.decode(plain, type=kind)
    except (CannotOpen, KeyError, msgspec.MsgspecError):
        return None


def _context(kind: str) -> str:
    return f"event.{kind}"
