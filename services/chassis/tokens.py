"""Tokens that travel outside and come back: signed, dated, good for one purpose."""

from collections.abc import Sequence
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

_LONGEST = 400

Part = int | str


class NotOurToken(ValueError):
    """It was not made here for this purpose, was changed on its way, or is too old."""


class TokenSigner:
    """Writes and reads tokens for one purpose under the deployment's secret.

    What is in a token can be read by whoever holds it, and be changed by nobody: put numbers of
    ours in, never anything personal. Its age is judged by real time.
    """

    def __init__(self, secret: str, *, purpose: str, lifetime: timedelta) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=f"afterglow.{purpose}")
        self._seconds = int(lifetime.total_seconds())

    def sign(self, *parts: Part) -> str:
        """Write a token of letters, digits, “-”, “_” and “.” only."""
        return self._serializer.dumps(list(parts))

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
