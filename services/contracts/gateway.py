"""What may be asked of the gateway: the credentials it keeps."""

from datetime import datetime

import msgspec

from services.contracts.ask import Ask, Command
from services.contracts.words import Mode, Role

STREAM = "gateway"
"""Name of the service's ask stream."""


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An API key without its secret. `prefix` is what its owner can recognize it by.

    `person`: the one member of staff who holds it, where it is one person's.
    """

    id: int
    clinic_id: int | None
    role: Role
    mode: Mode
    prefix: str
    created_at: datetime
    revoked_at: datetime | None
    person: str | None = None


class CreateKey(Command[str], frozen=True, kw_only=True):
    """Make a key and answer with it, in the clear, this one time. OPERATOR keys have no clinic."""

    clinic_id: int | None
    role: Role
    mode: Mode
    person: str | None = None  # who alone will hold it, as they sign


class ListKeys(Ask[tuple[KeyRecord, ...]], frozen=True, kw_only=True):
    clinic_id: int | None = None  # of all clinics when None


class RevokeKey(Command[bool], frozen=True, kw_only=True):
    """False when there is no such key, or it is revoked already."""

    key_id: int
