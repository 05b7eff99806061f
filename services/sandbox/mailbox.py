"""Stores what arrived: texts to phones, mail to inboxes, and replies. The oldest go first."""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

MAX_CHARACTERS = 100_000_000
"""The most text and HTML that is stored: a few huge mails must not fill the memory."""


class Channel(StrEnum):
    SMS = "SMS"
    EMAIL = "EMAIL"


class Message(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename={
        "sender": "from",
        "received_at": "receivedAt",
        "message_id": "messageId",
        "is_providers_own": "isCarriersOwn",
    },
):
    """One message to one recipient, as the recipient has it."""

    id: str
    channel: Channel
    to: str
    sender: str
    subject: str | None = None  # only email has this, `html` and `message_id`
    text: str
    html: str | None = None
    message_id: str | None = None
    unsubscribe: str | None = None  # where one click ends such mail (RFC 8058)
    received_at: datetime
    status: str  # the provider's name for its stage
    trouble: str | None = None  # why the gateway has not accepted its receipt yet
    is_providers_own: bool = False  # an answer to STOP or START, which nobody sent

    @property
    def characters(self) -> int:
        return len(self.text) + len(self.html or "")


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """A text from a phone to the clinic. `outcome` says how far it got."""

    id: str
    phone: str
    clinic_number: str
    text: str
    sent_at: datetime
    is_taken: bool = False
    outcome: str = "on its way"


def now() -> datetime:
    """Return the real time: a provider does not share the product's clock."""
    return datetime.fromtimestamp(time.time(), tz=UTC)


class Mailbox:
    """Belongs to one event loop. `keeps` is the most messages, and the most replies."""

    def __init__(self, keeps: int) -> None:
        self._keeps = keeps
        self._messages: OrderedDict[str, Message] = OrderedDict()
        self._replies: OrderedDict[str, Reply] = OrderedDict()
        self._characters = 0
        self._listeners: list[Callable[[], None]] = []
        self.trimmed = 0
        """The number of old messages that have been dropped."""

    def when_changed(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def add(self, message: Message) -> None:
        self._messages[message.id] = message
        self._characters += message.characters
        while len(self._messages) > self._keeps or (
            self._characters > MAX_CHARACTERS and len(self._messages) > 1
        ):
            _, oldest = self._messages.popitem(last=False)
            self._characters -= oldest.characters
            self.trimmed += 1
        self._changed()

    def mark(self, message_id: str, *, status: str, trouble: str | None = None) -> None:
        """Set the stage of a message, unless it has been dropped."""
        if message := self._messages.get(message_id):
            self._messages[message_id] = msgspec.structs.replace(
                message, status=status, trouble=trouble
            )
            self._changed()

    def put_reply(self, reply: Reply) -> None:
        self._replies[reply.id] = reply
        while len(self._replies) > self._keeps:
            self._replies.popitem(last=False)
        self._changed()

    def messages(
        self,
        *,
        to: str | None = None,
        channel: Channel | None = None,
        with_providers_own: bool = False,
    ) -> list[Message]:
        """List messages, oldest first. `to` matches in upper or lower case."""
        return [
            message
            for message in self._messages.values()
            if (channel is None or message.channel is channel)
            and (with_providers_own or not message.is_providers_own)
            and (to is None or message.to.casefold() == to.casefold())
        ]

    def replies(self) -> Iterator[Reply]:
        """List replies, oldest first."""
        return iter(self._replies.values())

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()
