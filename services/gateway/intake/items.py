"""What comes from outside and must not be lost: it is stored first and forwarded later."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

import msgspec

from services.contracts.check_ins import AnswerByLink
from services.contracts.incoming import RecordInbound, RecordReceipt, RecordUnreadMail
from services.contracts.replies import RecordUnsubscribe

IntakePayload = RecordReceipt | RecordInbound | RecordUnreadMail | RecordUnsubscribe | AnswerByLink
"""A command for reminders, made from an authenticated message from outside."""

_KINDS: dict[str, type[IntakePayload]] = {
    kind.__name__: kind
    for kind in (RecordReceipt, RecordInbound, RecordUnreadMail, RecordUnsubscribe, AnswerByLink)
}


@dataclass(frozen=True, slots=True)
class IntakeItem:
    """A stored payload. `id` is also its command id, so forwarding it twice changes nothing."""

    id: UUID
    payload: IntakePayload
    attempts: int = 0
    age_seconds: float = 0.0  # real time since it came in


class ForwardOutcome(Enum):
    """The outcome of forwarding one item."""

    ACCEPTED = "ACCEPTED"
    RETRY = "RETRY"
    DROPPED = "DROPPED"  # a receipt of an unknown message that is too old to be early


def kind_of(payload: IntakePayload) -> str:
    return type(payload).__name__


def origin_of(payload: IntakePayload) -> str:
    """Return the provider that sent it, or "page" for one of our pages."""
    return "page" if isinstance(payload, RecordUnsubscribe | AnswerByLink) else payload.provider


def encode(payload: IntakePayload) -> bytes:
    return msgspec.msgpack.encode(payload)


def decode(kind: str, payload: bytes) -> IntakePayload:
    return msgspec.msgpack.decode(payload, type=_KINDS[kind])


Keep = Callable[[Callable[[datetime], IntakePayload]], None]
"""Commits the payload that a function makes for the product's current time; then it is safe."""
