"""What comes from outside and must not be lost: kept first, handed on after."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import msgspec

from services.contracts.check_ins import AnswerByLink
from services.contracts.incoming import RecordInbound, RecordReceipt
from services.contracts.replies import RecordUnsubscribe

Told = RecordReceipt | RecordInbound | RecordUnsubscribe | AnswerByLink
"""What somebody outside has told us, authenticated and in our words."""

_KINDS: dict[str, type[Told]] = {
    kind.__name__: kind for kind in (RecordReceipt, RecordInbound, RecordUnsubscribe, AnswerByLink)
}


@dataclass(frozen=True, slots=True)
class IntakeItem:
    """`id` is also the command id under which it is handed on: twice changes nothing."""

    id: UUID
    told: Told
    attempts: int = 0
    age_seconds: float = 0.0  # real time since it came in


class Handed(Enum):
    """What became of a row that was handed on."""

    TAKEN = "TAKEN"
    LATER = "LATER"
    DROPPED = "DROPPED"  # a receipt of nothing we know, and too old to be early


def kind_of(told: Told) -> str:
    return type(told).__name__


def origin_of(told: Told) -> str:
    """Who told: a provider, or the page of ours it was told on."""
    return "page" if isinstance(told, RecordUnsubscribe | AnswerByLink) else told.provider


def encode(told: Told) -> bytes:
    return msgspec.msgpack.encode(told)


def decode(kind: str, payload: bytes) -> Told:
    return msgspec.msgpack.decode(payload, type=_KINDS[kind])
