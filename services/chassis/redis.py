"""Connections to Redis or Valkey that send each command once.

By default redis-py 8 repeats a failed command ten times, which is wrong unless it is idempotent,
and stops reading after 5 s, which breaks blocking reads. Both are changed here.
"""

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

_CONNECT_SECONDS = 2.0


def open_redis(url: str, *, read_seconds: float = 10.0) -> redis.Redis:
    """Open a pool. `read_seconds` must exceed the longest blocking read."""
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=read_seconds,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )


def open_async_redis(url: str, *, read_seconds: float = 10.0) -> redis.asyncio.Redis:
    """Open a pool for an event loop, like `open_redis`."""
    return redis.asyncio.Redis.from_url(
        url,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=read_seconds,
        retry=AsyncRetry(NoBackoff(), 0),
    )
