"""Puts the sandbox together, and starts and stops it as a whole."""

import errno
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from services.chassis.settings import Bind
from services.sandbox.faults import Mishaps
from services.sandbox.mailbox import Mailbox
from services.sandbox.opt_outs import OptOuts
from services.sandbox.settings import SandboxSettings
from services.sandbox.smtp.server import SPECIAL_MAILBOXES, MailHandler, MailServer
from services.sandbox.twilio.callbacks import INBOUND_PATH, Account, Inbound, Receipts
from services.sandbox.twilio.errors import SPECIAL_NUMBERS
from services.sandbox.twilio.wire import MessagesApi
from services.sandbox.web.changes import Changes
from services.sandbox.web.guard import add_headers, guard
from services.sandbox.web.pages import JsonApi, Manual, Pages
from services.sandbox.webhook_poster import WebhookPoster

LARGEST_REQUEST = 256 * 1024  # bytes
PATIENCE = 0.4
"""Seconds that running requests get at a stop: first to answer, then again to end."""


class CannotListen(Exception):
    """An address is in use or not of this machine. The text says what to do."""


class Sandbox:
    """A stand-in provider. Use it inside a running loop, as an async context manager."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings
        self.mailbox = Mailbox(settings.sandbox_keeps)
        self._mishaps = Mishaps()
        self._opt_outs = OptOuts()
        self._mail_server = MailServer(MailHandler(self.mailbox, self._mishaps))
        self.http_port = 0
        self.smtp_port = 0

    async def __aenter__(self) -> Self:
        self._poster = WebhookPoster()
        self._runner = web.AppRunner(
            self._app(), access_log=None, shutdown_timeout=PATIENCE, handle_signals=False
        )
        try:
            await self._listen()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._mail_server.stop()
        await self._runner.cleanup()
        await self._poster.close()

    async def _listen(self) -> None:
        http, smtp = self._settings.sandbox_bind, self._settings.sandbox_smtp_bind
        try:
            self.smtp_port = await self._mail_server.start(smtp)
        except OSError as fault:
            raise _cannot_listen("SANDBOX_SMTP_BIND", smtp, fault) from fault
        await self._runner.setup()
        try:  # last, so that a page that answers means that everything is up
            await web.TCPSite(self._runner, http.host, http.port).start()
        except OSError as fault:
            raise _cannot_listen("SANDBOX_BIND", http, fault) from fault
        self.http_port = self._runner.addresses[0][1]

    def _app(self) -> web.Application:
        settings, changes = self._settings, Changes()
        account = Account(
            sid=settings.twilio_account_sid,
            token=settings.twilio_auth_token,
            number=settings.twilio_from,
            inbound_url=settings.public_url.rstrip("/") + INBOUND_PATH,
        )
        receipts = Receipts(account, self.mailbox, self._poster, self._mishaps)
        inbound = Inbound(account, self.mailbox, self._poster, self._opt_outs)
        api = MessagesApi(account, self.mailbox, self._opt_outs, receipts, self._mishaps)
        pages = Pages(self.mailbox, self._opt_outs, self._mishaps, inbound, _manual(settings))
        app = web.Application(
            middlewares=[guard(settings.sandbox_bind.host)], client_max_size=LARGEST_REQUEST
        )
        for part in (api, JsonApi(self.mailbox, self._mishaps), pages):
            part.add_routes(app.router)
        app.router.add_get("/events", changes.stream)
        app.on_response_prepare.append(add_headers)
        app.on_shutdown.append(changes.close)
        self.mailbox.when_changed(changes.announce)
        return app


def _manual(settings: SandboxSettings) -> Manual:
    return Manual(
        clinic_number=settings.twilio_from,
        smtp_address=str(settings.sandbox_smtp_bind),
        gateway=urlsplit(settings.public_url).netloc,
        numbers=[(special.number, special.outcome) for special in SPECIAL_NUMBERS],
        mailboxes=[(f"{name}@…", answer) for name, answer in SPECIAL_MAILBOXES.items()],
    )


def _cannot_listen(setting: str, bind: Bind, fault: OSError) -> CannotListen:
    if fault.errno == errno.EADDRINUSE:
        return CannotListen(
            f"The sandbox cannot listen on {bind}, another program does: stop that one, or set"
            f" {setting} to another address."
        )
    return CannotListen(
        f"The sandbox cannot listen on {bind} ({fault.strerror or fault}): set {setting} to an"
        " address of this machine and a port it may use, for example 127.0.0.1:0."
    )
