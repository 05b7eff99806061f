"""Waiting for what another thread or process is about to do."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from redis import Redis

_POLL_SECONDS = 0.02


def eventually(condition: Callable[[], object], *, within: float = 30.0) -> bool:
    """Poll until the condition holds. Returns False if it does not within that many seconds."""
    ends_at = time.monotonic() + within
    while not condition():
        if time.monotonic() >= ends_at:
            return False
        time.sleep(_POLL_SECONDS)
    return True


async def until(condition: Callable[[], bool | Awaitable[bool]], within: float = 5.0) -> None:
    """Poll until the condition holds. Raises TimeoutError if it does not in time."""
    async with asyncio.timeout(within):
        while True:
            holds = condition()
            if holds if isinstance(holds, bool) else await holds:
                return
            await asyncio.sleep(_POLL_SECONDS)


async def until_somebody_listens(client: Redis) -> None:
    """Wait for a blocking read of a stream in this client's database."""
    database = str(client.connection_pool.connection_kwargs.get("db", 0))

    def is_listened_to() -> bool:
        reads = (entry for entry in client.client_list() if entry["cmd"] == "xread")
        return any("b" in entry["flags"] and entry["db"] == database for entry in reads)

    await until(is_listened_to)
