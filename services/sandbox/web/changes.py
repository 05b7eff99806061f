"""Server-sent events: tells open pages that there is something new to fetch."""

import asyncio
from contextlib import suppress

from aiohttp import web

MOST_LISTENERS = 20
HEARTBEAT = 15.0
"""Seconds; keeps connections open and finds those that are gone."""
REST = 0.2
"""Seconds between two events: a burst of messages is one change."""


class Changes:
    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()
        self._is_closing = False

    def announce(self) -> None:
        for bell in self._bells:
            bell.set()

    async def close(self, _app: web.Application | None = None) -> None:
        """End every stream, and take no more."""
        self._is_closing = True
        self.announce()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        if self._is_closing or len(self._bells) >= MOST_LISTENERS:
            return web.Response(
                status=503,
                headers={"Retry-After": "10"},
                text=f"At most {MOST_LISTENERS} pages may listen at once; close one.",
            )
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            return await self._tell(request, bell)
        finally:
            self._bells.discard(bell)

    async def _tell(self, request: web.Request, bell: asyncio.Event) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        bell.set()  # something may have come between the page and this stream
        with suppress(ConnectionResetError):  # the page was closed
            while not self._is_closing:
                await self._tell_next(response, bell)
        return response

    async def _tell_next(self, response: web.StreamResponse, bell: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(bell.wait(), HEARTBEAT)
        except TimeoutError:
            await response.write(b": still here\n\n")
            return
        bell.clear()
        await response.write(b"event: changed\ndata: {}\n\n")
        await asyncio.sleep(REST)
