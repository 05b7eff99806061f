"""API keys: how they look, and who holds one.

A key is 256 random bits, so its SHA-256 is safe to keep and to look up by: there is nothing to
guess, and no salt or slow hash would add anything.
"""

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from services.contracts.words import Mode
from services.gateway.identity.viewer import Viewer

_SHAPE = re.compile(r"ag_(live|test|allowlist)_[A-Za-z0-9_-]{43}")
_PREFIX_SECRET_CHARACTERS = 4
_KNOWN_SECONDS = 5.0
_UNKNOWN_SECONDS = 1.0
_REMEMBERED = 10_000


class KeysNotReadable(Exception):
    """Whether a key is good cannot be said now."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """`text` is for its owner alone and is kept nowhere."""

    text: str
    hash: bytes
    prefix: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A key as stored, with whoever holds it."""

    hash: bytes
    viewer: Viewer


FindHolder = Callable[[bytes], Holder | None]
"""The holder of the key with this hash; None when there is none, or it is revoked.

Raises KeysNotReadable.
"""


def new_key(mode: Mode) -> NewKey:
    start = f"ag_{mode.lower()}_"
    text = start + secrets.token_urlsafe(32)
    return NewKey(text, hash_of(text), text[: len(start) + _PREFIX_SECRET_CHARACTERS])


def hash_of(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def looks_like_key(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None


class KeyRing:
    """Remembers who holds a key for five seconds: that long a revoked key may still work."""

    def __init__(self, find: FindHolder, clock: Callable[[], float] = monotonic) -> None:
        self._find = find
        self._clock = clock
        self._remembered: OrderedDict[bytes, tuple[float, Viewer | None]] = OrderedDict()

    def remembered(self, text: str) -> tuple[bool, Viewer | None]:
        """Whether the answer is known without asking the database, and the answer."""
        known = self._remembered.get(hash_of(text))
        if known is None or known[0] <= self._clock():
            return False, None
        return True, known[1]

    def holder(self, text: str) -> Viewer | None:
        """Ask the database; blocks."""
        hashed = hash_of(text)
        found = self._find(hashed)
        viewer = found.viewer if found and hmac.compare_digest(found.hash, hashed) else None
        self._remember(hashed, viewer)
        return viewer

    def _remember(self, hashed: bytes, viewer: Viewer | None) -> None:
        kept = _KNOWN_SECONDS if viewer else _UNKNOWN_SECONDS
        self._remembered[hashed] = (self._clock() + kept, viewer)
        self._remembered.move_to_end(hashed)
        while len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)
