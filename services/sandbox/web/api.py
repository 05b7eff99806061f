"""The JSON API for tests and scripts: `/messages.json` and `/faults.json`."""

from dataclasses import dataclass

import msgspec
from aiohttp import web

from services.sandbox.faults import BadFaults, Mishaps, parse_faults
from services.sandbox.mailbox import Channel, Mailbox


@dataclass(frozen=True, slots=True)
class JsonApi:
    mailbox: Mailbox
    mishaps: Mishaps

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/messages.json", self.messages)
        router.add_get("/faults.json", self.faults)
        router.add_put("/faults.json", self.set_faults)

    async def messages(self, request: web.Request) -> web.Response:
        """List what arrived, oldest first. A header says how many old messages were dropped."""
        name = request.query.get("channel")
        try:
            channel = Channel(name.upper()) if name else None
        except ValueError:
            return _json({"error": "channel is not known: ask for SMS or EMAIL"}, status=400)
        answer = _json(self.mailbox.messages(to=request.query.get("to"), channel=channel))
        if self.mailbox.trimmed:
            answer.headers["Afterglow-Forgotten"] = str(self.mailbox.trimmed)
        return answer

    async def faults(self, _request: web.Request) -> web.Response:
        return _json(self.mishaps.faults)

    async def set_faults(self, request: web.Request) -> web.Response:
        """Replace all faults. What is left out stops going wrong."""
        try:
            self.mishaps.use(parse_faults(await request.read()))
        except BadFaults as fault:
            return _json({"error": str(fault)}, status=400)
        return _json(self.mishaps.faults)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(
        status=status,
        body=msgspec.json.encode(value),
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
