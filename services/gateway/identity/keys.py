"""API keys: their format, and the cache of who holds them.

A key is 256 random bits, so its SHA-256 is safe to store and to look up by: it cannot be guessed,
and a salt or a slow hash would add nothing.
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from services.contracts.words import Mode
from services.gateway.identity.viewer import ANONYMOUS, Viewer

_SHAPE = re.compile(r"ag_(live|test|allowlist)_[A-Za-z0-9_-]{43}")
_PREFIX_SECRET_CHARACTERS = 4
_VALID_KEY_SECONDS = 5.0
_INVALID_KEY_SECONDS = 1.0
_MAX_CACHED = 10_000


class KeysNotReadable(Exception):
    """Keys cannot be checked at the moment."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """`text` is for the owner of the key only; it is stored nowhere."""

    text: str
    hash: bytes
    prefix: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A stored key and the viewer who holds it."""

    hash: bytes
    viewer: Viewer


FindHolder = Callable[[bytes], Holder | None]
"""Returns the holder of the key with this hash, or None if there is no such key or it is revoked.

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
    """Caches who holds a key for five seconds; a revoked key may still work for that long."""

    def __init__(self, find: FindHolder, clock: Callable[[], float] = monotonic) -> None:
        self._find = find
        self._clock = clock
        self._cache: OrderedDict[bytes, tuple[float, Viewer | None]] = OrderedDict()

    def cached_viewer(self, text: str) -> tuple[bool, Viewer | None]:
        """Return whether the key is in the cache, and who holds it."""
        cached = self._cache.get(hash_of(text))
        if cached is None or cached[0] <= self._clock():
            return False, None
        return True, cached[1]

    def read_viewer(self, text: str) -> Viewer | None:
        """Look the key up in the database. Blocks."""
        hashed = hash_of(text)
        holder = self._find(hashed)
        viewer = holder.viewer if holder and hmac.compare_digest(holder.hash, hashed) else None
        self._keep(hashed, viewer)
        return viewer

    def _keep(self, hashed: bytes, viewer: Viewer | None) -> None:
        seconds = _VALID_KEY_SECONDS if viewer else _INVALID_KEY_SECONDS
        self._cache[hashed] = (self._clock() + seconds, viewer)
        self._cache.move_to_end(hashed)
        while len(self._cache) > _MAX_CACHED:
            self._cache.popitem(last=False)


_SCHEME = "bearer "


class KeyNotKnown(Exception):
    """There is an Authorization header, but no valid key in it."""


class BearerIdentity:
    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    async def __call__(self, authorization: str) -> Viewer:
        """Return ANONYMOUS for an empty header. Raises KeyNotKnown and KeysNotReadable."""
        if not authorization:
            return ANONYMOUS
        key = authorization[len(_SCHEME) :].strip()
        if not authorization.lower().startswith(_SCHEME) or not looks_like_key(key):
            raise KeyNotKnown
        is_cached, viewer = self._keys.cached_viewer(key)
        if not is_cached:
            viewer = await asyncio.to_thread(self._keys.read_viewer, key)
        if viewer is None:
            raise KeyNotKnown
        return viewer
