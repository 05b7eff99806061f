"""Which HTTP client sends a text at the least CPU: all of them in one run, in turn.

Run as `python -m bench.http_clients`. Clients that are not installed are left out: the product
needs one only. 16 calls are in flight at a time, as in a worker, against bench.stub_provider.
"""

import asyncio
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from services.launcher.ports import keep_or_choose
from services.launcher.processes import wait_until
from services.reminders.channels.http import Caller
from services.reminders.delivery.domain.outgoing import Accepted, OutgoingMessage
from tests.support.processes.process_stack import listens, python

_CALLS = 800
_AT_ONCE = 16
_TURNS = 3
_FORM = "application/x-www-form-urlencoded"
_BODY = b"To=%2B12025550123&From=%2B12025550100&Body=Hello&StatusCallback=attempt%3D1"

Post = Callable[[], Awaitable[int]]
Client = Callable[[str], Coroutine[Any, Any, float]]


async def many(post: Post) -> float:
    """CPU milliseconds of this process a call, once every connection stands."""
    await _chunk(post)
    began = time.process_time()
    for _ in range(_CALLS // _AT_ONCE):
        await _chunk(post)
    return (time.process_time() - began) / _CALLS * 1000


async def _chunk(post: Post) -> None:
    for status in await asyncio.gather(*(post() for _ in range(_AT_ONCE))):
        assert status == 201


async def ours(url: str) -> float:
    """The product's own Caller: aiohttp, with the note right before the body leaves."""
    caller = Caller(url, _FORM, lambda status, _body, _headers: Accepted(str(status)))
    message = OutgoingMessage(
        attempt_id=1, clinic_id=1, to="+1", sender="+1", text="", deadline_seconds=10
    )

    async def post() -> int:
        outcome = await caller.send(message, lambda: None, lambda _: (_BODY, {}))
        assert isinstance(outcome, Accepted)
        return int(outcome.reference or 0)

    spent = await many(post)
    await caller.close()
    return spent


async def plain_aiohttp(url: str) -> float:
    aiohttp: Any = importlib.import_module("aiohttp")

    async with aiohttp.ClientSession() as session:

        async def post() -> int:
            async with session.post(url, data=_BODY, headers={"Content-Type": _FORM}) as answer:
                await answer.read()
                return int(answer.status)

        return await many(post)


async def with_httpx(url: str) -> float:
    httpx: Any = importlib.import_module("httpx")
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=_AT_ONCE)) as session:

        async def post() -> int:
            answer = await session.post(url, content=_BODY, headers={"Content-Type": _FORM})
            return int(answer.status_code)

        return await many(post)


async def with_niquests(url: str) -> float:
    niquests: Any = importlib.import_module("niquests")
    async with niquests.AsyncSession(pool_maxsize=_AT_ONCE) as session:

        async def post() -> int:
            answer = await session.post(url, data=_BODY, headers={"Content-Type": _FORM})
            return int(answer.status_code)

        return await many(post)


CLIENTS: dict[str, tuple[str, Client]] = {
    "aiohttp, as the product uses it": ("aiohttp", ours),
    "aiohttp, plain": ("aiohttp", plain_aiohttp),
    "httpx": ("httpx", with_httpx),
    "niquests": ("niquests", with_niquests),
}
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "uvloop": uvloop.new_event_loop,
    "asyncio": asyncio.new_event_loop,
}


@contextmanager
def text_provider() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        port = keep_or_choose(None)
        log = str(Path(folder) / "taken")
        running = subprocess.Popen(python("bench.stub_provider", str(port), log))  # noqa: S603 - ours
        try:
            assert wait_until(listens(f"127.0.0.1:{port}"), 20)
            yield f"http://127.0.0.1:{port}/"
        finally:
            running.kill()
            running.wait()


def main() -> int:
    timings: dict[tuple[str, str], list[float]] = {}
    with text_provider() as url:
        for _ in range(_TURNS):
            for name, (package, client) in CLIENTS.items():
                if importlib.util.find_spec(package) is None:
                    continue
                for loop, make in LOOPS.items():
                    with asyncio.Runner(loop_factory=make) as runner:
                        spent = runner.run(client(url))
                    timings.setdefault((name, loop), []).append(spent)
    print("| client | loop | CPU a call, median | best |\n|---|---|---|---|")
    for (name, loop), times in timings.items():
        print(f"| {name} | {loop} | {median(times):.3f} ms | {min(times):.3f} ms |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
