"""The stream of a service's asks in Redis, as one of its consumers sees it.

Claims on asks in progress are kept, so that only those of a dead consumer are taken over.
"""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
import redis
import redis.exceptions

from services.chassis.ask import Answer, ask_context, reply_context, stream_key
from services.chassis.redis import open_redis
from services.chassis.vault import Vault

GROUP: Final = "service"
_BATCH: Final = 64
_BLOCK_MILLISECONDS: Final = 500
_REDELIVER_MILLISECONDS: Final = 2_000
_REPLY_KEPT_SECONDS: Final = 30
_CLAIM_SECONDS: Final = 1.0
_KEEP_SECONDS: Final = 0.5


class Entry(msgspec.Struct, frozen=True):
    id: bytes
    kind: str
    command: str
    reply_key: str
    number: int
    expires_at: float  # by time.monotonic()
    sealed: bytes


class AskStream:
    def __init__(self, stream: str, consumer: str, redis_url: str, vault: Vault) -> None:
        self.name = stream
        self._key = stream_key(stream)
        self.consumer = consumer
        self._redis = open_redis(redis_url)
        self._vault = vault
        self._next_claim = 0.0

    def take(self) -> list[Any]:
        """Take a batch, abandoned entries first. Waits half a second for new ones."""
        return self._abandoned() or self._fresh()

    def live(self, batch: Sequence[Any]) -> list[Entry]:
        """Parse what was taken. Entries that have expired or are not ours are dropped."""
        seconds, microseconds = self._redis.time()
        ahead = seconds + microseconds / 1e6 - time.monotonic()
        live: list[Entry] = []
        dropped: list[bytes] = []
        for entry_id, fields in batch:
            entry = _entry(entry_id, fields, ahead)
            if entry is None or entry.expires_at < time.monotonic():
                dropped.append(entry_id)
            else:
                live.append(entry)
        self._drop(dropped)
        return live

    def open(self, entry: Entry) -> bytes:
        """Open the sealed ask. Raises CannotOpen."""
        context = ask_context(self.name, entry.kind, entry.command)
        return self._vault.open(entry.sealed, context=context)

    def reply(self, answers: Sequence[tuple[Entry, Answer]]) -> None:
        with self._redis.pipeline(transaction=False) as pipe:
            for entry, answer in answers:
                plain = msgspec.msgpack.encode(answer)
                sealed = self._vault.seal(plain, context=reply_context(entry.reply_key))
                pipe.rpush(entry.reply_key, sealed)
                pipe.expire(entry.reply_key, _REPLY_KEPT_SECONDS)
                self._remove(pipe, entry.id)
            pipe.execute()

    def is_ours(self, entry: Entry) -> bool:
        """Whether it is still pending for this consumer and has not expired."""
        pending = self._redis.xpending_range(self._key, GROUP, entry.id, entry.id, 1, self.consumer)
        return bool(pending) and entry.expires_at > time.monotonic()

    def create_group(self) -> None:
        self._redis.xgroup_create(self._key, GROUP, id="0", mkstream=True)

    def leave(self) -> None:
        """Delete the consumer, unless entries are pending for it, which would be lost."""
        pending = self._redis.xpending_range(self._key, GROUP, "-", "+", 1, self.consumer)
        if not pending:
            self._redis.xgroup_delconsumer(self._key, GROUP, self.consumer)

    def close(self) -> None:
        self._redis.close()

    def _fresh(self) -> list[Any]:
        batches: Any = self._redis.xreadgroup(
            GROUP, self.consumer, {self._key: ">"}, count=_BATCH, block=_BLOCK_MILLISECONDS
        )
        return list(batches[0][1]) if batches else []

    def _abandoned(self) -> list[Any]:
        """Take over entries whose consumer has died, or has left them pending."""
        if time.monotonic() < self._next_claim:
            return []
        self._next_claim = time.monotonic() + _CLAIM_SECONDS
        claimed = self._redis.xautoclaim(
            self._key, GROUP, self.consumer, _REDELIVER_MILLISECONDS, "0-0", count=_BATCH
        )
        return [entry for entry in claimed[1] if entry[1]]

    def _drop(self, entry_ids: Sequence[bytes]) -> None:
        with self._redis.pipeline(transaction=False) as pipe:
            for entry_id in entry_ids:
                self._remove(pipe, entry_id)
            pipe.execute()

    def _remove(self, pipe: redis.client.Pipeline, entry_id: bytes) -> None:
        pipe.xack(self._key, GROUP, entry_id)
        pipe.xdel(self._key, entry_id)


class _Claim(msgspec.Struct, frozen=True):
    consumer: str
    entries: Sequence[bytes]
    until: float  # by time.monotonic()


class ClaimKeeper:
    """Renews the claims of busy consumers twice a second, in a thread of its own.

    It ends with the process, like the work. While Redis is away no claim is renewed.
    """

    def __init__(self, stream: str, redis_url: str) -> None:
        self._redis = open_redis(redis_url)
        self._key = stream_key(stream)
        self._lock = threading.Lock()
        self._claims: set[_Claim] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"keep-{self._key}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._redis.close()

    @contextlib.contextmanager
    def keeping(self, consumer: str, entries: Sequence[bytes], until: float) -> Iterator[None]:
        """Keep other consumers from these entries inside the block, until the monotonic time."""
        claim = _Claim(consumer, tuple(entries), until)
        with self._lock:
            self._claims.add(claim)
        try:
            yield
        finally:
            with self._lock:
                self._claims.discard(claim)

    def _run(self) -> None:
        while not self._stop.wait(_KEEP_SECONDS):
            with self._lock:
                claims = tuple(self._claims)
            with contextlib.suppress(redis.exceptions.RedisError):
                self._keep(claims)

    def _keep(self, claims: Sequence[_Claim]) -> None:
        now = time.monotonic()
        for claim in claims:
            if claim.until > now:
                # Redis ignores entries that have been answered
                self._redis.xclaim(
                    self._key, GROUP, claim.consumer, 0, list(claim.entries), justid=True
                )


def _entry(entry_id: bytes, fields: Mapping[bytes, bytes], ahead: float) -> Entry | None:
    """Parse an entry. None if it is not one of ours.

    `ahead` is the time of Redis minus time.monotonic(), in seconds.
    """
    try:
        sent_at = int(entry_id.split(b"-")[0])
        return Entry(
            id=entry_id,
            kind=fields[b"kind"].decode(),
            command=fields[b"command"].decode(),
            reply_key=fields[b"reply"].decode(),
            number=int(fields[b"number"]),
            expires_at=(sent_at + int(fields[b"milliseconds"])) / 1000 - ahead,
            sealed=fields[b"sealed"],
        )
    except (KeyError, ValueError):
        return None
