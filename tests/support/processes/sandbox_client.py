"""A sandbox on free ports, and a gateway for it to post to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

from services.chassis.settings import Bind, Secret
from services.sandbox.settings import SandboxSettings
from services.sandbox.wiring import Sandbox

SID = f"AC{'0' * 32}"
TOKEN = "12345"
CLINIC = "+12025550100"
PHONE = "+12025550123"


class SandboxClient:
    """A client of a running sandbox."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.url = f"http://127.0.0.1:{sandbox.http_port}"
        self.smtp_port = sandbox.smtp_port
        self.messages_url = f"{self.url}/2010-04-01/Accounts/{SID}/Messages.json"

    async def text(self, to: str = PHONE, body: str = "Hello", **form: str) -> tuple[int, Any]:
        data = {"To": to, "From": CLINIC, "Body": body} | form
        async with self.session.post(self.messages_url, data=data, headers=authorized()) as answer:
            return answer.status, await answer.json()

    async def arrived(self, **query: str) -> Any:
        async with self.session.get(f"{self.url}/messages.json", params=query) as answer:
            return await answer.json()

    async def set_faults(self, **faults: Any) -> tuple[int, Any]:
        async with self.session.put(f"{self.url}/faults.json", json=faults) as answer:
            return answer.status, await answer.json()

    async def reply(self, text: str, phone: str = PHONE) -> int:
        form = {"phone": phone, "text": text, "clinic_number": CLINIC}
        async with self.session.post(
            f"{self.url}/replies", data=form, allow_redirects=False
        ) as answer:
            return answer.status

    async def page(self, path: str = "/") -> str:
        async with self.session.get(self.url + path) as answer:
            return await answer.text()


def authorized(login: str = SID, password: str = TOKEN) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(login, password)}


def sandbox_settings(public_url: str = "http://127.0.0.1:9", keeps: int = 100) -> SandboxSettings:
    return SandboxSettings(
        sandbox_bind=Bind("127.0.0.1", 0),
        sandbox_smtp_bind=Bind("127.0.0.1", 0),
        sandbox_keeps=keeps,
        public_url=public_url,
        twilio_account_sid=SID,
        twilio_auth_token=Secret(TOKEN),
        twilio_from=CLINIC,
    )


@asynccontextmanager
async def running_sandbox(
    public_url: str = "http://127.0.0.1:9", keeps: int = 100
) -> AsyncIterator[SandboxClient]:
    async with (
        Sandbox(sandbox_settings(public_url, keeps)) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        client = SandboxClient(sandbox, session)
        await client.set_faults(receipts={"delayMs": 0})
        yield client


class Gateway:
    """Takes what the sandbox posts. Answers 503 while it `is_down`."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.signatures: list[str] = []
        self.refused = 0
        self.asked = 0
        self.is_down = False
        self.url = ""

    async def look(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(status=204)

    async def take(self, request: web.Request) -> web.Response:
        if self.is_down:
            self.refused += 1
            return web.Response(status=503)
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        self.signatures.append(request.headers["X-Twilio-Signature"])
        return web.Response(status=204)


@asynccontextmanager
async def running_gateway(port: int = 0) -> AsyncIterator[Gateway]:
    gateway = Gateway()
    app = web.Application()
    app.router.add_post("/{path:.*}", gateway.take)
    app.router.add_get("/{path:.*}", gateway.look)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    gateway.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield gateway
    finally:
        await runner.cleanup()
