"""Connections to Redis or Valkey that do what they are told once.

redis-py 8 repeats a failed command ten times by default, which doubles whatever is not
idempotent, and gives up reading after 5 s, which breaks blocking reads: both are set here.
"""

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

_CONNECT_SECONDS = 2.0


def open_redis(url: str, *, read_seconds: float = 10.0) -> redis.Redis:
    """Open a pool; `read_seconds` must exceed the longest blocking read."""
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=read_seconds,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )


def open_async_redis(url: str, *, read_seconds: float = 10.0) -> redis.asyncio.Redis:
    """As `open_redis`, for an event loop."""
    return redis.asyncio.Redis.from_url(
        url,
        socket_connect_timeout=_CONNECT_SECONDS,
        socket_timeout=read_seconds,
        retry=AsyncRetry(NoBackoff(), 0),
    )
