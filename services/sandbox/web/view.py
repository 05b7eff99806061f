"""What the page shows from the mailbox."""

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec
from markupsafe import Markup, escape

from services.sandbox.mailbox import Channel, Mailbox, Message, Reply
from services.sandbox.opt_outs import OptOuts

MOST_PHONES = 12
MOST_BUBBLES = 40
MOST_MAILS = 40

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


class Bubble(msgspec.Struct, frozen=True, kw_only=True):
    """One text on a phone's screen. `is_mine` if the patient wrote it."""

    id: str
    is_mine: bool
    text: str
    at: datetime
    status: str
    tone: str  # `good`, `bad` or `waiting`


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    number: str
    clinic_number: str
    is_opted_out: bool
    bubbles: list[Bubble]

    @property
    def takes_replies(self) -> bool:
        """Whether the sender is a number: nobody can reply to a name."""
        return self.clinic_number.lstrip("+").isdecimal()

    @property
    def id(self) -> str:
        return f"phone-{self.number.lstrip('+')}"


def phones(mailbox: Mailbox, opt_outs: OptOuts, only: str | None) -> list[Phone]:
    """Return the phones that were active last. The newest number comes first."""
    last: dict[str, datetime] = {}
    bubbles: dict[str, list[Bubble]] = {}
    senders: dict[str, str] = {}
    for entry in _texts(mailbox, only):
        number = entry.to if isinstance(entry, Message) else entry.phone
        last[number] = entry.received_at if isinstance(entry, Message) else entry.sent_at
        senders[number] = entry.sender if isinstance(entry, Message) else entry.clinic_number
        bubbles.setdefault(number, []).append(_bubble(entry))
    active = sorted(last, key=last.__getitem__)[-MOST_PHONES:]
    return [
        Phone(
            number=number,
            clinic_number=senders[number],
            is_opted_out=opt_outs.holds(number, senders[number]),
            bubbles=bubbles[number][-MOST_BUBBLES:],
        )
        for number in reversed(bubbles)
        if number in active
    ]


def mails(mailbox: Mailbox, only: str | None) -> list[Message]:
    """List mail, newest first."""
    return mailbox.messages(to=only, channel=Channel.EMAIL)[: -MOST_MAILS - 1 : -1]


def with_links(text: str) -> Markup:
    """Escape a text, and turn its web addresses into links that open a new tab."""
    shown, end = Markup(), 0
    for link in _LINK.finditer(text):
        shown += escape(text[end : link.start()]) + Markup(
            '<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>'
        ).format(link.group())
        end = link.end()
    return shown + escape(text[end:])


def _texts(mailbox: Mailbox, only: str | None) -> Iterable[Message | Reply]:
    texts: list[tuple[datetime, Message | Reply]] = [
        (message.received_at, message)
        for message in mailbox.messages(to=only, channel=Channel.SMS, with_providers_own=True)
    ]
    texts += [(reply.sent_at, reply) for reply in mailbox.replies() if only in (None, reply.phone)]
    return [entry for _, entry in sorted(texts, key=lambda pair: pair[0])]


def _bubble(entry: Message | Reply) -> Bubble:
    if isinstance(entry, Reply):
        return Bubble(
            id=entry.id,
            is_mine=True,
            text=entry.text,
            at=entry.sent_at,
            status=entry.outcome,
            tone="good" if entry.is_taken else "waiting",
        )
    trouble = f" · receipt waits for the gateway: {entry.trouble}" if entry.trouble else ""
    tone = {"delivered": "good", "undelivered": "bad", "failed": "bad"}.get(entry.status, "waiting")
    return Bubble(
        id=entry.id,
        is_mine=False,
        text=entry.text,
        at=entry.received_at,
        status=entry.status + trouble,
        tone="waiting" if entry.trouble else tone,
    )
