"""Public ids: opaque, typed, canonical.

base64url of the type's name and its key, separated by colons. Keys of content contain the requested
locale, and those of plans the version too: a pinned plan is not today's plan.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST = 400
_LARGEST_NUMBER = 2**63 - 1


def encode(kind: str, *key: str | int) -> str:
    text = ":".join((kind, *map(str, key)))
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode(public_id: str) -> tuple[str, list[str]] | None:
    """Return the type's name and its key; None for a text that `encode` does not write."""
    if len(public_id) > _LONGEST or not public_id.isascii():
        return None
    try:
        raw = urlsafe_b64decode(public_id + "=" * (-len(public_id) % 4))
        kind, *key = raw.decode().split(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (kind, key) if key and encode(kind, *key) == public_id else None


def decode_number(kind: str, public_id: str) -> int | None:
    """Return the number in the id of a private record of this type; None for any other id."""
    decoded = decode(public_id)
    return number_of(decoded[1]) if decoded and decoded[0] == kind else None


def number_of(key: Sequence[str]) -> int | None:
    """Return the only part of a key as a positive number; None if it is anything else."""
    if len(key) != 1 or not key[0].isdecimal() or not key[0].isascii():
        return None
    number = int(key[0])
    return number if 0 < number <= _LARGEST_NUMBER and str(number) == key[0] else None


def patient_number(args: Mapping[str, Any]) -> int | None:
    """Return None for all patients, and 0, never a real id, if the id is not a patient's."""
    public_id = args.get("patient_id")
    return None if public_id is None else decode_number("Patient", public_id) or 0
