"""Server-sent events that tell open pages to fetch something new."""

import asyncio
from contextlib import suppress

from aiohttp import web

MOST_LISTENERS = 20
HEARTBEAT = 15.0
"""Seconds. It keeps connections open and detects closed ones."""
REST = 0.2
"""Seconds between two events, so that a burst of messages is one change."""


class Changes:
    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()
        self._is_closing = False

    def announce(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def close(self, _app: web.Application | None = None) -> None:
        self._is_closing = True
        self.announce()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        if self._is_closing or len(self._listeners) >= MOST_LISTENERS:
            return web.Response(
                status=503,
                headers={"Retry-After": "10"},
                text=f"At most {MOST_LISTENERS} pages may listen at once; close one.",
            )
        changed = asyncio.Event()
        self._listeners.add(changed)
        try:
            return await self._send(request, changed)
        finally:
            self._listeners.discard(changed)

    async def _send(self, request: web.Request, changed: asyncio.Event) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        changed.set()  # something may have changed since the page was loaded
        with suppress(ConnectionResetError):  # the page was closed
            while not self._is_closing:
                await self._send_next(response, changed)
        return response

    async def _send_next(self, response: web.StreamResponse, changed: asyncio.Event) -> None:
        try:
            await asyncio.wait_for(changed.wait(), HEARTBEAT)
        except TimeoutError:
            await response.write(b": still here\n\n")
            return
        changed.clear()
        await response.write(b"event: changed\ndata: {}\n\n")
        await asyncio.sleep(REST)
