"""Posts forms to the clinic's gateway, and tries again until it accepts them."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping

import aiohttp
import msgspec
from yarl import URL

from services.chassis.logs import get_logger

log = get_logger(__name__)

FIRST_PAUSE = 0.2  # seconds
LONGEST_PAUSE = 10.0  # seconds
ANSWER_WITHIN = 10.0  # seconds
MOST_AT_ONCE = 50


class FormPost(msgspec.Struct, frozen=True, kw_only=True):
    """A form to post. `url` is used exactly as written, because it is part of the signature."""

    url: str
    form: Mapping[str, str]
    headers: Mapping[str, str]


class WebhookPoster:
    """Create it inside a running loop. `close` drops what is undelivered, and logs how much."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MOST_AT_ONCE),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=3, sock_read=ANSWER_WITHIN),
        )

    def start(self, work: Coroutine[None, None, None]) -> None:
        """Run work in the background, and keep a reference to it until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def deliver(self, post: FormPost, on_trouble: Callable[[str], None]) -> None:
        """Return after a 2xx answer. `on_trouble` gets the reason for each failed try."""
        pause = FIRST_PAUSE
        while trouble := await self._try(post):
            on_trouble(trouble)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def close(self) -> None:
        if waiting := list(self._tasks):
            log.info("undelivered callbacks dropped", count=len(waiting))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._session.close()

    async def _try(self, post: FormPost) -> str | None:
        """Post once. Returns what went wrong, or None."""
        try:
            async with self._session.post(
                URL(post.url, encoded=True),
                data=post.form,
                headers=post.headers,
                allow_redirects=False,
            ) as answer:
                return None if 200 <= answer.status < 300 else f"HTTP {answer.status}"  # noqa: PLR2004 - the 2xx range
        except TimeoutError:
            return "no answer"
        except (aiohttp.ClientError, OSError):
            return "not reachable"

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()):
            log.error("background work failed", exc_info=fault)
