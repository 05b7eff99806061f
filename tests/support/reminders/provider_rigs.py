"""Each provider with a far side on real sockets that behaves as it is told.

Add a provider's rig to `RIGS` and the whole conformance suite runs over it.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Any, Protocol

from services.contracts.words import SuppressionReason
from services.reminders.channels.channel import Provider
from services.reminders.channels.email.smtp.client import Smtp
from services.reminders.channels.sms.kannel.client import Kannel
from services.reminders.channels.sms.twilio.client import Twilio
from services.reminders.delivery.domain.outgoing import OutgoingMessage
from tests.support.processes.http_provider import CREATED, HttpProvider, Reply
from tests.support.processes.smtp_server import SmtpServer


class Does(Enum):
    """What the provider does with a message."""

    TAKE = auto()
    LOSE_THE_REPLY = auto()  # takes it, and hangs up
    DAWDLE = auto()  # takes it, and answers after half a second
    SAY_BUSY = auto()
    SAY_OUT_OF_ORDER = auto()
    REFUSE_OUR_LOGIN = auto()
    REFUSE_FOR_GOOD = auto()
    REFUSE_THE_ADDRESS = auto()


SentText = tuple[str, str, str]
"""The address, the sender and the text."""


class Rig(Protocol):
    """`suppresses`: what a refused address is suppressed for."""

    name: str
    suppresses: SuppressionReason

    @property
    def connections(self) -> int: ...

    def running(self, *does: Does) -> Any:
        """The far side, for a while; it does one after the other, and the last for ever."""
        ...

    def open(self) -> Provider: ...
    def message(self, number: int = 7, **changes: Any) -> OutgoingMessage: ...
    def received(self) -> list[SentText]: ...
    def elsewhere(self, port: int) -> Provider:
        """The provider, pointed at some port of this machine."""
        ...


class _Acts:
    """What to do next; the last one is done for ever."""

    def __init__(self, does: Sequence[Does]) -> None:
        self._does = list(does) or [Does.TAKE]

    def next(self) -> Does:
        return self._does.pop(0) if len(self._does) > 1 else self._does[0]


def _text(number: int, changes: dict[str, Any]) -> OutgoingMessage:
    values: dict[str, Any] = {
        "attempt_id": number,
        "clinic_id": 1,
        "to": "+12025550123",
        "sender": "+12025550100",
        "text": "Keep it clean.",
        "callback_url": f"http://gateway.example/status?clinic=1&attempt={number}",
        "deadline_seconds": 5,
    }
    return OutgoingMessage(**values | changes)


class _HttpRig:
    """A provider that is called over HTTP."""

    def __init__(self, answers: dict[Does, Reply], open_at: Callable[[str], Provider]) -> None:
        self._answers = answers
        self._open_at = open_at
        self.http_server: HttpProvider

    @property
    def connections(self) -> int:
        return self.http_server.connections

    @asynccontextmanager
    async def running(self, *does: Does) -> AsyncIterator[None]:
        acts = _Acts(does)

        def answer(_: dict[str, str]) -> Reply:
            act = acts.next()
            if act is Does.DAWDLE:
                time.sleep(0.5)
            return self._answers.get(act, self._answers[Does.TAKE])

        self.http_server = HttpProvider()
        self.http_server.answer = answer
        with self.http_server.running():
            yield

    def open(self) -> Provider:
        return self._open_at(self.http_server.url)

    def elsewhere(self, port: int) -> Provider:
        return self._open_at(f"http://127.0.0.1:{port}")

    def message(self, number: int = 7, **changes: Any) -> OutgoingMessage:
        return _text(number, changes)


class TwilioRig(_HttpRig):
    name = "twilio"
    suppresses = SuppressionReason.INVALID

    def __init__(self) -> None:
        answers = {
            Does.TAKE: CREATED,
            Does.LOSE_THE_REPLY: None,
            Does.SAY_BUSY: (429, {"Retry-After": "30"}, _code(20429)),
            Does.SAY_OUT_OF_ORDER: (503, {}, b""),
            Does.REFUSE_OUR_LOGIN: (401, {}, _code(20003)),
            Does.REFUSE_FOR_GOOD: (400, {}, _code(21617)),
            Does.REFUSE_THE_ADDRESS: (400, {}, _code(21211)),
        }
        super().__init__(
            answers, lambda url: Twilio(api_url=url, account_sid="AC1", auth_token="secret")
        )

    def received(self) -> list[SentText]:
        return [(form["To"], form["From"], form["Body"]) for form in self.http_server.received]


class KannelRig(_HttpRig):
    name = "kannel"
    suppresses = SuppressionReason.MANUAL

    def __init__(self) -> None:
        denied = b"Number(s) has/have been denied by white- and/or black-lists."
        answers: dict[Does, Reply] = {
            Does.TAKE: (202, {}, b"0: Accepted for delivery"),
            Does.LOSE_THE_REPLY: None,
            Does.SAY_BUSY: (429, {"Retry-After": "30"}, b""),
            Does.SAY_OUT_OF_ORDER: (503, {}, b"Temporal failure, try again later."),
            Does.REFUSE_OUR_LOGIN: (403, {}, b"Authorization failed for sendsms"),
            Does.REFUSE_FOR_GOOD: (400, {}, b"Sender missing and no global set, rejected"),
            Does.REFUSE_THE_ADDRESS: (400, {}, denied),
        }
        super().__init__(answers, _kannel)

    def received(self) -> list[SentText]:
        return [
            (form["X-Kannel-To"], form["X-Kannel-From"], form["text"])
            for form in self.http_server.received
        ]


def _kannel(url: str) -> Provider:
    return Kannel(
        sendsms_url=f"{url}/cgi-bin/sendsms",
        username="clinic",
        password="secret",
    )


def _code(code: int) -> bytes:
    return json.dumps({"code": code}).encode()


class SmtpRig:
    name = "smtp"
    suppresses = SuppressionReason.BOUNCE

    def __init__(self) -> None:
        self.server = SmtpServer()

    @property
    def connections(self) -> int:
        return self.server.connections

    @asynccontextmanager
    async def running(self, *does: Does) -> AsyncIterator[None]:
        acts = _Acts(does)

        async def end() -> str | None:
            act = acts.next()
            if act is Does.DAWDLE:
                await asyncio.sleep(0.5)
            return _ENDS.get(act, "250 2.0.0 Ok: queued as Q123")

        self.server.end = end
        async with self.server.running():
            yield

    def open(self) -> Provider:
        return self.elsewhere(self.server.port)

    def elsewhere(self, port: int) -> Provider:
        return Smtp(f"smtp://127.0.0.1:{port}")

    def message(self, number: int = 7, **changes: Any) -> OutgoingMessage:
        mail = {
            "to": "pat@example.org",
            "sender": "care@clinic.example",
            "subject": "From Rowan Clinic",
            "message_id": f"<attempt-1-{number}@clinic.example>",
            "callback_url": None,
        }
        return _text(number, mail | changes)

    def received(self) -> list[SentText]:
        return [
            (mail["To"], mail["From"], mail.get_content().rstrip("\r\n"))
            for mail in self.server.mails
        ]


_ENDS: dict[Does, str | None] = {
    Does.LOSE_THE_REPLY: None,
    Does.SAY_BUSY: "451 4.7.1 too many",
    Does.SAY_OUT_OF_ORDER: "421 4.3.2 shutting down",
    Does.REFUSE_OUR_LOGIN: "550 5.7.26 this domain's mail must be signed",
    Does.REFUSE_FOR_GOOD: "554 5.7.1 no",
    Does.REFUSE_THE_ADDRESS: "550 5.1.1 no such user",
}

RIGS: tuple[Callable[[], Rig], ...] = (TwilioRig, KannelRig, SmtpRig)
