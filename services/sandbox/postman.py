"""Posts forms to the clinic's gateway until it takes them, however long it is away."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping

import aiohttp
import msgspec
from yarl import URL

from services.chassis.logs import get_logger

log = get_logger(__name__)

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
ANSWER_WITHIN = 10.0
"""Seconds, as the two above."""
MOST_AT_ONCE = 50


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A form to post. `url` is posted to exactly as written, because it is signed so."""

    url: str
    form: Mapping[str, str]
    headers: Mapping[str, str]


class Postman:
    """Open inside a running loop. What is still undelivered at `close` is dropped and counted."""

    def __init__(self) -> None:
        self._errands: set[asyncio.Task[None]] = set()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MOST_AT_ONCE),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=ANSWER_WITHIN),
        )

    def start(self, errand: Coroutine[None, None, None]) -> None:
        """Run an errand beside everything else, and keep hold of it until it is done."""
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._finished)

    async def deliver(self, letter: Letter, on_trouble: Callable[[str], None]) -> None:
        """Return once a 2xx has been answered; `on_trouble` hears of each try that failed."""
        pause = FIRST_PAUSE
        while trouble := await self._try(letter):
            on_trouble(trouble)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def close(self) -> None:
        if waiting := list(self._errands):
            log.info("undelivered callbacks dropped", count=len(waiting))
        for errand in waiting:
            errand.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._session.close()

    async def _try(self, letter: Letter) -> str | None:
        """What went wrong, or None."""
        try:
            async with self._session.post(
                URL(letter.url, encoded=True),
                data=letter.form,
                headers=letter.headers,
                allow_redirects=False,
            ) as answer:
                return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"  # noqa: PLR2004 - the 2xx range
        except TimeoutError:
            return "no answer"
        except (aiohttp.ClientError, OSError):
            return "not reachable"

    def _finished(self, errand: asyncio.Task[None]) -> None:
        self._errands.discard(errand)
        if not errand.cancelled() and (fault := errand.exception()):
            log.error("errand failed", exc_info=fault)
