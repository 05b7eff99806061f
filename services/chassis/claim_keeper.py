"""Keeps claims on asks in progress, so that only those of a dead consumer are taken over."""

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence

import msgspec
import redis.exceptions

from services.chassis.redis import open_redis

_KEEP_SECONDS = 0.5


class _Claim(msgspec.Struct, frozen=True):
    """Entries that a consumer is working on."""

    consumer: str
    entries: Sequence[bytes]
    until: float  # by time.monotonic()


class ClaimKeeper:
    """Renews the claims of busy consumers twice a second, in a thread of its own.

    It ends with the process, like the work. While Redis is away no claim is renewed.
    """

    def __init__(self, redis_url: str, key: str, group: str) -> None:
        self._redis = open_redis(redis_url)
        self._key = key
        self._group = group
        self._lock = threading.Lock()
        self._claims: set[_Claim] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"keep-{key}", daemon=True)

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
                    self._key, self._group, claim.consumer, 0, list(claim.entries), justid=True
                )
