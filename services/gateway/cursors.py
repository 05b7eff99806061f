"""Keyset cursors: where a page ended, signed so that clients can send back only ours."""

from collections.abc import Sequence
from typing import Final

import msgspec
from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from services.gateway.execution.batched import FieldRefused

_LONGEST: Final = 1_000
_SALT: Final = "afterglow.cursor"

Key = Sequence[str | int | float]


class CursorSigner:
    """Writes and reads cursors under the deployment's secret.

    A cursor belongs to one list: its connection, its order and, for the catalog, its release.
    """

    def __init__(self, secret: str) -> None:
        key = Signer(secret, salt=_SALT).derive_key()  # once: a page signs a hundred cursors
        self._signer = Signer(key, key_derivation="none")

    def encode(self, of_list: str, key: Key) -> str:
        payload = base64_encode(msgspec.json.encode(key))
        return (payload + b"." + self._signer.get_signature(_signed(of_list, payload))).decode()

    def decode(self, of_list: str, cursor: str) -> list[str | int | float]:
        """Return the key of the entry that the cursor points at.

        Raises:
            FieldRefused: INVALID_CURSOR, for a cursor that was not given out for this list.

        """
        payload, _, signature = cursor.encode().rpartition(b".")
        is_ours = len(cursor) <= _LONGEST and self._signer.verify_signature(
            _signed(of_list, payload), signature
        )
        if not is_ours:
            raise _invalid()
        try:
            return msgspec.json.decode(base64_decode(payload), type=list[str | int | float])
        except (BadData, msgspec.MsgspecError):
            raise _invalid() from None


def _signed(of_list: str, payload: bytes) -> bytes:
    return of_list.encode() + b"\0" + payload


def _invalid() -> FieldRefused:
    return FieldRefused(
        "INVALID_CURSOR", "This cursor was not given out for this list. Start without a cursor."
    )
