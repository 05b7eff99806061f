"""What comes from outside and must not be lost: kept first, handed on after."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from services.contracts.reminders import RecordInbound, RecordReceipt

Told = RecordReceipt | RecordInbound
"""What somebody outside has told us, authenticated and in our words."""

_KINDS: dict[str, type[Told]] = {kind.__name__: kind for kind in (RecordReceipt, RecordInbound)}


@dataclass(frozen=True, slots=True)
class IntakeItem:
    """`id` is also the command id under which it is handed on: twice changes nothing."""

    id: UUID
    told: Told


def kind_of(told: Told) -> str:
    return type(told).__name__


def encode(told: Told) -> bytes:
    return msgspec.msgpack.encode(told)


def decode(kind: str, payload: bytes) -> Told:
    return msgspec.msgpack.decode(payload, type=_KINDS[kind])
