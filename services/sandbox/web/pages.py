"""The page, which also works without JavaScript, and the JSON API for tests and scripts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jinja2
import msgspec
from aiohttp import web

from services.sandbox.faults import BadFaults, Faults, Mishaps, parse_faults
from services.sandbox.mailbox import Channel, Mailbox
from services.sandbox.opt_outs import OptOuts
from services.sandbox.twilio.callbacks import Inbound
from services.sandbox.web import view

_HERE = Path(__file__).parent
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_TYPES = {"page.css": "text/css", "page.js": "text/javascript"}
LONGEST_REPLY = 1600


class Manual(msgspec.Struct, frozen=True, kw_only=True):
    """What the page explains: addresses to send to, and those with a fixed outcome."""

    clinic_number: str
    smtp_address: str
    gateway: str
    numbers: Sequence[tuple[str, str]]
    mailboxes: Sequence[tuple[str, str]]


class Pages:
    def __init__(
        self,
        mailbox: Mailbox,
        opt_outs: OptOuts,
        mishaps: Mishaps,
        inbound: Inbound,
        manual: Manual,
    ) -> None:
        self._mailbox = mailbox
        self._opt_outs = opt_outs
        self._mishaps = mishaps
        self._inbound = inbound
        self._manual = manual
        self._files = {name: (_HERE / "static" / name).read_bytes() for name in _TYPES}
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["with_links"] = view.with_links
        self._template = environment.get_template("page.html")

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/", self.show)
        router.add_post("/replies", self.reply)
        router.add_post("/faults", self.set_faults)
        router.add_get("/static/{name}", self.static)

    async def show(self, request: web.Request) -> web.Response:
        return self._page(only=request.query.get("to", "").strip() or None)

    async def reply(self, request: web.Request) -> web.Response:
        form = await request.post()
        phone, text = str(form.get("phone", "")).strip(), str(form.get("text", "")).strip()
        clinic_number = str(form.get("clinic_number", ""))
        if not _PHONE.fullmatch(phone):
            return self._page(problem="Write the phone’s number in full, such as +12025550123.")
        if not 0 < len(text) <= LONGEST_REPLY:
            return self._page(problem=f"Write a text of 1 to {LONGEST_REPLY} characters.")
        if clinic_number and not clinic_number.lstrip("+").isdecimal():
            return self._page(problem="A name cannot be texted back: write to a number.")
        self._inbound.send(phone, text, clinic_number or None)
        raise web.HTTPSeeOther(f"/#phone-{quote(phone.lstrip('+'))}")

    async def set_faults(self, request: web.Request) -> web.Response:
        form = await request.post()
        try:
            wanted = _faults_of({name: str(value).strip() for name, value in form.items()})
            self._mishaps.use(parse_faults(msgspec.json.encode(wanted)))
        except BadFaults as fault:
            return self._page(problem=str(fault))
        raise web.HTTPSeeOther("/#faults")

    async def static(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        return web.Response(
            body=self._files[name],
            content_type=_TYPES[name],
            charset="utf-8",
            headers={"Cache-Control": "no-cache"},
        )

    def _page(self, *, only: str | None = None, problem: str | None = None) -> web.Response:
        html = self._template.render(
            phones=view.phones(self._mailbox, self._opt_outs, only),
            mails=view.mails(self._mailbox, only),
            faults=self._mishaps.faults,
            has_faults=self._mishaps.faults != Faults(),
            forgotten=self._mailbox.trimmed,
            manual=self._manual,
            only=only,
            problem=problem,
        )
        return web.Response(
            text=html,
            status=400 if problem else 200,
            content_type="text/html",
            headers={"Cache-Control": "no-store"},
        )


def _faults_of(form: dict[str, str]) -> dict[str, object]:
    """Convert the panel's fields to the form of `/faults.json`. Shares are in percent.

    Raises BadFaults.
    """
    status = _number(form, "status", 0)
    refuse = {
        "status": status,
        "retryAfter": _number(form, "retry_after", 3),
        "share": _number(form, "share", 100) / 100,
    }
    return {
        "loseReplies": _number(form, "lose_replies", 0) / 100,
        "delayMs": _number(form, "delay_ms", 0),
        "refuse": refuse if status else None,
        "receipts": {
            "delayMs": _number(form, "receipt_delay_ms", 300),
            "reorder": _number(form, "reorder", 0) / 100,
            "double": _number(form, "double", 0) / 100,
        },
        "seed": _number(form, "seed", 0) if form.get("seed") else None,
    }


def _number(form: dict[str, str], name: str, default: int) -> int:
    text = form.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise BadFaults(f"{name.replace('_', ' ')} must be a whole number") from None


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
