"""Tokens that travel outside and come back: signed, dated, good for one purpose."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

_LONGEST = 400

Part = int | str


class NotOurToken(ValueError):
    """It was not made here for this purpose, was changed on its way, or is too old."""


class _Signer(TimestampSigner):
    """Derives its key once: neither secret nor purpose changes while a process runs."""

    _derived: bytes | None = None

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        if secret_key is not None:
            return super().derive_key(secret_key)
        if self._derived is None:
            self._derived = super().derive_key()
        return self._derived


class TokenSigner:
    """Writes and reads tokens for one purpose under the deployment's secret.

    What is in a token can be read by whoever holds it, and be changed by nobody: put numbers of
    ours in, never anything personal. Its age is judged by real time.
    """

    def __init__(self, secret: str, *, purpose: str, lifetime: timedelta) -> None:
        salt = f"afterglow.{purpose}"
        self._serializer = URLSafeTimedSerializer(secret, salt=salt, signer=_Signer)
        self._signer = self._serializer.make_signer(salt)
        self._seconds = int(lifetime.total_seconds())

    def sign(self, *parts: Part) -> str:
        """Write a token of letters, digits, “-”, “_” and “.” only."""
        # As the serializer writes it, but for trying each time whether zlib makes it shorter.
        return self._signer.sign(base64_encode(msgspec.json.encode(parts))).decode()

    def read(self, token: str) -> Sequence[Part]:
        """The parts; raises NotOurToken."""
        return self._parts(token, self._seconds)

    def read_at_any_age(self, token: str) -> Sequence[Part]:
        """As `read`, for what an expired link may still show; raises NotOurToken."""
        return self._parts(token, None)

    def _parts(self, token: str, max_age: int | None) -> Sequence[Part]:
        if len(token) > _LONGEST:
            raise NotOurToken("too long")
        try:
            parts = self._serializer.loads(token, max_age=max_age)
        except BadData as fault:
            raise NotOurToken(type(fault).__name__) from None
        if not isinstance(parts, list):
            raise NotOurToken("no list")
        return parts
