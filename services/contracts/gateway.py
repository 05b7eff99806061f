"""What may be asked of the gateway: the credentials it keeps."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from services.contracts.ask import GatewayAsk, GatewayCommand
from services.contracts.words import Mode, Role


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


class CreateKey(GatewayCommand[str], frozen=True, kw_only=True):
    """Make a key and answer with it, in the clear, this one time. OPERATOR keys have no clinic."""

    clinic_id: int | None
    role: Role
    mode: Mode
    person: str | None = None  # who alone will hold it, as they sign


LONGEST_PERSON: Final = 100


def person_fault(role: Role, person: str) -> str | None:
    """Why no key of this role can be this person's; None: it can."""
    if role in (Role.FRONT_END, Role.OPERATOR):
        return f"{role} keys are nobody's in particular: leave the person out"
    is_plain = person.isprintable() and person == person.strip()
    if not is_plain or not 0 < len(person) <= LONGEST_PERSON:
        return f"give the person's name in 1 to {LONGEST_PERSON} characters, on one line"
    return None


class ListKeys(GatewayAsk[tuple[KeyRecord, ...]], frozen=True, kw_only=True):
    timeout_seconds: ClassVar[float] = 5.0
    clinic_id: int | None = None  # of all clinics when None


class RevokeKey(GatewayCommand[bool], frozen=True, kw_only=True):
    """False when there is no such key, or it is revoked already."""

    key_id: int
