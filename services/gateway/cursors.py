"""Keyset cursors: where a page ended, signed so that only our own are taken back."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import msgspec

from services.gateway.execution.batched import FieldRefused

_MAC_BYTES: Final = 9
_LONGEST: Final = 1_000

Key = Sequence[str | int | float]


@dataclass(frozen=True, slots=True)
class CursorSigner:
    """Writes and reads cursors under the deployment's secret.

    A cursor belongs to one list: its connection, order and, for the catalog, release.
    """

    secret: bytes = field(repr=False)

    @classmethod
    def from_secret(cls, secret: str) -> "CursorSigner":
        return cls(sha256(b"cursors:" + secret.encode()).digest())

    def encode(self, of_list: str, key: Key) -> str:
        payload = json.dumps(list(key), ensure_ascii=False, separators=(",", ":")).encode()
        return urlsafe_b64encode(self._mac(of_list, payload) + payload).rstrip(b"=").decode()

    def decode(self, of_list: str, cursor: str) -> list[str | int | float]:
        """The key of the entry that the cursor points at.

        Raises:
            FieldRefused: INVALID_CURSOR, for a cursor that was not given out for this list.

        """
        try:
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except ValueError:
            raise _invalid() from None
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if len(cursor) > _LONGEST or not hmac.compare_digest(mac, self._mac(of_list, payload)):
            raise _invalid()
        return msgspec.json.decode(payload, type=list[str | int | float])

    def _mac(self, of_list: str, payload: bytes) -> bytes:
        return hmac.digest(self.secret, of_list.encode() + b"\0" + payload, "sha256")[:_MAC_BYTES]


def _invalid() -> FieldRefused:
    return FieldRefused(
        "INVALID_CURSOR", "This cursor was not given out for this list. Start without a cursor."
    )
