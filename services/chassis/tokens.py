"""Signed and dated tokens for use outside, each for one purpose."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode

_LONGEST = 400

Part = int | str


class NotOurToken(ValueError):
    """A token is foreign, changed, too old, or for another purpose."""


class _Signer(TimestampSigner):
    """Derives its key once, because neither secret nor purpose changes in a process."""

    _derived: bytes | None = None

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        if secret_key is not None:
            return super().derive_key(secret_key)
        if self._derived is None:
            self._derived = super().derive_key()
        return self._derived


class TokenSigner:
    """Writes and reads tokens for one purpose, signed with the deployment's secret.

    Anyone with a token can read it, but nobody can change it. Put only our own numbers in, never
    personal data. Its age is in real time.
    """

    def __init__(self, secret: str, *, purpose: str, lifetime: timedelta) -> None:
        salt = f"afterglow.{purpose}"
        self._serializer = URLSafeTimedSerializer(secret, salt=salt, signer=_Signer)
        self._signer = self._serializer.make_signer(salt)
        self._seconds = int(lifetime.total_seconds())

    def sign(self, *parts: Part) -> str:
        """Write a token of letters, digits, “-”, “_” and “.”."""
        # Like the serializer, but without trying each time whether zlib makes it shorter.
        return self._signer.sign(base64_encode(msgspec.json.encode(parts))).decode()

    def read(self, token: str) -> Sequence[Part]:
        """Return the parts of a token. Raises NotOurToken."""
        return self._parts(token, self._seconds)

    def read_at_any_age(self, token: str) -> Sequence[Part]:
        """Read an expired token too, for what an old link may show. Raises NotOurToken."""
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
