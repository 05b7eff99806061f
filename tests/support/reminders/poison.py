"""Kinds of messages that cannot be sent, with what becomes of each; and providers that say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.launcher.ports import keep_or_choose
from services.reminders.core.reasons import Reason
from tests.support.processes.http_provider import CREATED, HttpProvider, Reply

FAILED, WAITS = ReminderStatus.FAILED, ReminderStatus.SCHEDULED


class Poison(msgspec.Struct, frozen=True):
    """One kind: the addresses of its patients, and the state and reason of its messages.

    `*` in `pattern` stands for a number, so that no address repeats and is suppressed.
    `step` is a step that its plan lacks, and `is_damaged` says that the address cannot be opened.
    """

    pattern: str
    state: ReminderStatus
    reason: str
    step: str | None = None
    is_damaged: bool = False

    def addresses(self, count: int) -> list[str]:
        return [self.pattern.replace("*", f"{number:04}") for number in range(count)]


def _unsendable(pattern: str) -> Poison:
    return Poison(pattern, FAILED, Reason.ADDRESS_NOT_SENDABLE)


def _of_the_text(pattern: str) -> list[Poison]:
    return [
        Poison(pattern, FAILED, Reason.RENDER_FAILED, step="no-such-step"),
        Poison(pattern, WAITS, Reason.UNREADABLE, is_damaged=True),
    ]


_RCPT: dict[str, tuple[str | None, ReminderStatus, str]] = {
    "gone": ("550 5.1.1 no such user", FAILED, "SMTP_550_5.1.1"),
    "off": ("550 5.2.1 mailbox disabled", FAILED, "SMTP_550_5.2.1"),
    "policy": ("550 5.7.1 not for you", FAILED, "SMTP_550_5.7.1"),
    "syntax": ("553 5.1.3 bad address", FAILED, "SMTP_553_5.1.3"),
    "moved": ("551 5.1.6 moved", FAILED, "SMTP_551_5.1.6"),
    "plain": ("550 no", FAILED, "SMTP_550"),
    "later": ("451 4.7.1 greylisted", WAITS, Reason.REFUSED_FOR_NOW),
    "closing": ("421 4.7.0 too much for this mailbox", WAITS, Reason.REFUSED_FOR_NOW),
    "unsigned": ("550 5.7.26 sign your mail", WAITS, Reason.SENDER_REFUSED),
    "hangup": (None, WAITS, Reason.REFUSED_FOR_NOW),
}
_CONTENT: dict[str, tuple[str, ReminderStatus, str]] = {
    "spam": ("554 5.7.1 looks like spam", FAILED, "SMTP_554_5.7.1"),
    "large": ("554 5.3.4 too large", FAILED, "SMTP_554_5.3.4"),
    "broken": ("550 5.6.0 cannot be read", FAILED, "SMTP_550_5.6.0"),
}
_CODES: dict[int, tuple[ReminderStatus, str]] = {
    **{
        code: (FAILED, f"TWILIO_{code}")
        for code in (21211, 21214, 21217, 21265, 21267, 21408, 21602, 21605, 21612, 21614, 21617)
    },
    **{code: (FAILED, f"TWILIO_{code}") for code in (21635, 30004, 30007, 29999)},
    **dict.fromkeys((21606, 21608, 21660), (WAITS, str(Reason.SENDER_REFUSED))),
}
_NUMBER = "+1303"

POISONS: dict[Channel, list[Poison]] = {
    Channel.EMAIL: [
        _unsendable("pat*"),
        _unsendable("pat*@exa mple.org"),
        _unsendable("pat*@example.org\r\nRCPT TO:<sam@example.org>"),
        _unsendable("@example*.org"),
        _unsendable("pat*@" + "x" * 64 + ".example"),
        _unsendable("pat*@ex\x00ample.org"),
        _unsendable("a*@b.example, c@d.example"),
        _unsendable("pat*@-bad-.example"),
        Poison("jörg*@example.org", FAILED, Reason.ADDRESS_NEEDS_SMTPUTF8),
        *(
            Poison(f"{name}.*@example.org", state, reason)
            for name, (_, state, reason) in chain(_RCPT.items(), _CONTENT.items())
        ),
        *_of_the_text("sound*@example.org"),
    ],
    Channel.SMS: [
        _unsendable("+1202*\r\nX-Kannel-From: 1"),
        _unsendable("+1202555*\x00"),
        _unsendable(" *"),
        _unsendable("+1202555\u2028*"),
        *(Poison(f"{_NUMBER}{code}*", *rest) for code, rest in _CODES.items()),
        *_of_the_text("+1202556*"),
    ],
}


class _Mailboxes:
    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        answer, *_ = _RCPT.get(address.partition(".")[0], ("250 OK",))
        if answer is None and server.transport:
            server.transport.close()
        envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        answer, *_ = _CONTENT.get(envelope.rcpt_tos[0].partition(".")[0], ("250 2.0.0 Ok",))
        return answer


@contextmanager
def mail_server() -> Iterator[str]:
    """A server without SMTPUTF8; its URL."""
    controller = Controller(_Mailboxes(), "127.0.0.1", keep_or_choose(None), enable_SMTPUTF8=False)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@contextmanager
def text_provider() -> Iterator[str]:
    """Answers as Twilio does, by the number; its URL."""
    provider = HttpProvider()
    provider.answer = _answer
    with provider.running():
        yield provider.url


def _answer(form: dict[str, str]) -> Reply:
    number = form["To"]
    if not number.startswith(_NUMBER):
        return CREATED
    code = int(number.removeprefix(_NUMBER)[:5])
    return 400, {}, msgspec.json.encode({"code": code})
