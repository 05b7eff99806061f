"""The listener's own small HTTP server: is it alive, is it ready, and what has it done."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from services.chassis.health import Check, failures
from services.gateway.mail.listener import MailListener

_NO_STORE = {"Cache-Control": "no-store"}


def health_app(listener: MailListener, checks: Mapping[str, Check]) -> web.Application:
    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"}, headers=_NO_STORE)

    async def readyz(_request: web.Request) -> web.Response:
        reasons = await asyncio.to_thread(failures, checks)
        content = {"status": "not ready" if reasons else "ready", "reasons": reasons}
        return web.json_response(content, status=503 if reasons else 200, headers=_NO_STORE)

    async def counters(_request: web.Request) -> web.Response:
        snapshot = listener.counters.snapshot(listener.open.total)
        return web.json_response(snapshot, headers=_NO_STORE)

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/counters", counters)
    return app
