"""The asks that the gateway answers about its API keys."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from services.contracts.ask import GatewayAsk, GatewayCommand
from services.contracts.words import Mode, Role


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An API key without its secret. Its owner can recognize it by `prefix`.

    `person` is the only holder, if it belongs to one person.
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
    """Create a key. Only this reply contains it. OPERATOR keys have no clinic."""

    clinic_id: int | None
    role: Role
    mode: Mode
    person: str | None = None  # who alone will hold it, as they sign


LONGEST_PERSON: Final = 100


def person_fault(role: Role, person: str) -> str | None:
    """Say why a key of this role cannot belong to this person. None if it can."""
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
    """Revoke a key. The answer is False if there is none, or if it is revoked already."""

    key_id: int
