"""What the page shows from the mailbox."""

import re
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
    bubbles: dict[str, list[Bubble]] = {}
    senders: dict[str, str] = {}
    for number, sender, bubble in _texts(mailbox, only):
        senders[number] = sender
        bubbles.setdefault(number, []).append(bubble)
    active = sorted(bubbles, key=lambda number: bubbles[number][-1].at)[-MOST_PHONES:]
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


def _texts(mailbox: Mailbox, only: str | None) -> list[tuple[str, str, Bubble]]:
    """List all texts with the phone's and the clinic's number, oldest first."""
    sent = mailbox.messages(to=only, channel=Channel.SMS, with_providers_own=True)
    texts = [(message.to, message.sender, _received(message)) for message in sent]
    texts += [
        (reply.phone, reply.clinic_number, _written(reply))
        for reply in mailbox.replies()
        if only in (None, reply.phone)
    ]
    return sorted(texts, key=lambda text: text[2].at)


def _written(reply: Reply) -> Bubble:
    return Bubble(
        id=reply.id,
        is_mine=True,
        text=reply.text,
        at=reply.sent_at,
        status=reply.outcome,
        tone="good" if reply.is_taken else "waiting",
    )


def _received(message: Message) -> Bubble:
    trouble = f" · receipt waits for the gateway: {message.trouble}" if message.trouble else ""
    tones = {"delivered": "good", "undelivered": "bad", "failed": "bad"}
    return Bubble(
        id=message.id,
        is_mine=False,
        text=message.text,
        at=message.received_at,
        status=message.status + trouble,
        tone="waiting" if trouble else tones.get(message.status, "waiting"),
    )
