"""Mailgun's signature, and the tokens that it has used.

It covers a timestamp and a token, but not the event: whoever has seen one call could sign another
event with it. So a token counts for one body only.
"""

import hashlib
import hmac
import time
from typing import Final, Protocol

import msgspec
import redis
import redis.exceptions

_DAY: Final = 86_400
_KEPT_SECONDS: Final = 3 * _DAY  # longer than a timestamp counts
_KEY: Final = "gateway:mailgun-token:"


class Signature(msgspec.Struct, frozen=True):
    timestamp: str
    token: str
    signature: str


def signature_of(key: str, timestamp: str, token: str) -> str:
    return hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()


def is_genuine(key: str, claimed: Signature) -> bool:
    """Check the signature, and that it is at most a day old: Mailgun tries for eight hours."""
    expected = signature_of(key, claimed.timestamp, claimed.token)
    if not hmac.compare_digest(expected.encode(), claimed.signature.encode()):
        return False
    seconds = claimed.timestamp
    is_number = seconds.isascii() and seconds.isdecimal() and len(seconds) <= 12  # noqa: PLR2004 - of seconds
    return is_number and abs(time.time() - int(seconds)) <= _DAY


class CannotRemember(Exception):
    """The tokens cannot be looked up now."""


class UsedTokens(Protocol):
    def belongs(self, token: str, body: bytes) -> bool:
        """Whether a token is new, or was used with this body. Raises CannotRemember."""
        ...


class RedisUsedTokens:
    """Remembers the tokens of three days in Redis, as hashes, for all processes."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def belongs(self, token: str, body: bytes) -> bool:
        key = _KEY + hashlib.sha256(token.encode()).hexdigest()
        digest = hashlib.sha256(body).hexdigest()
        try:
            if self._client.set(key, digest, nx=True, ex=_KEPT_SECONDS):
                return True
            stored = self._client.get(key)
        except redis.exceptions.RedisError as fault:
            raise CannotRemember(type(fault).__name__) from None
        return stored in (digest, digest.encode())
