"""Seals personal data, and indexes addresses so that they can be found while sealed."""

import base64
import hmac
import os
from collections.abc import Mapping
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32


class CannotOpen(Exception):
    """A sealed value is damaged, from another place, or its key is missing."""


class Vault:
    """AES-256-GCM under a ring of keys, and HMAC-SHA-256 under another.

    A sealed value is `format, length of key id, key id, nonce, ciphertext`. Its context (such as
    `reminders.patient.name`) is authenticated: a value copied to another column does not open.
    """

    def __init__(self, data_keys: Mapping[str, bytes], index_keys: Mapping[str, bytes]) -> None:
        """The keys have 32 bytes each, by key id. The first one is in use."""
        self._ciphers = {key_id: AESGCM(key) for key_id, key in data_keys.items()}
        self._current = next(iter(data_keys))
        self._index_keys = dict(index_keys)
        self._current_index = next(iter(index_keys))

    @classmethod
    def from_settings(cls, data_keys: str, index_keys: str) -> Self:
        """Read two key rings. Raises ValueError that never quotes a key."""
        return cls(parse_keys("DATA_KEYS", data_keys), parse_keys("INDEX_KEYS", index_keys))

    def seal(self, plain: bytes, *, context: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        key_id = self._current.encode()
        sealed = self._ciphers[self._current].encrypt(nonce, plain, context.encode())
        return bytes((_FORMAT, len(key_id))) + key_id + nonce + sealed

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Open a sealed value. Raises CannotOpen, which never quotes the value."""
        try:
            end = 2 + sealed[1]
            cipher = self._ciphers[sealed[2:end].decode()]
            nonce, ciphertext = sealed[end : end + _NONCE_BYTES], sealed[end + _NONCE_BYTES :]
            return cipher.decrypt(nonce, ciphertext, context.encode())
        except (KeyError, IndexError, UnicodeDecodeError):
            raise CannotOpen(f"{context}: sealed with a key that DATA_KEYS lacks") from None
        except (InvalidTag, ValueError):
            raise CannotOpen(f"{context}: damaged, or sealed for another place") from None

    def seal_text(self, plain: str, *, context: str) -> bytes:
        return self.seal(plain.encode(), context=context)

    def open_text(self, sealed: bytes, *, context: str) -> str:
        return self.open(sealed, context=context).decode()

    def index(self, value: str, *, context: str) -> bytes:
        """Return the index of a value under the newest key, for storing.

        It begins with the key id.
        """
        return self._digest(self._current_index, value, context)

    def indexes(self, value: str, *, context: str) -> list[bytes]:
        """Return the indexes of a value under all keys, for looking it up."""
        return [self._digest(key_id, value, context) for key_id in self._index_keys]

    def _digest(self, key_id: str, value: str, context: str) -> bytes:
        message = f"{context}\0{value}".encode()
        digest = hmac.digest(self._index_keys[key_id], message, "sha256")
        return key_id.encode() + b":" + digest


def parse_keys(name: str, text: str) -> dict[str, bytes]:
    """Parse `id:base64,id:base64`. Raises ValueError that never quotes a key."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id.isalnum() or len(key_id) > 32 or len(key) != _KEY_BYTES:  # noqa: PLR2004 - a short name
            raise ValueError(f"{name}: write each key as id:base64 of {_KEY_BYTES} bytes")
        if key_id in keys:
            raise ValueError(f"{name}: the key id {key_id} is there twice")
        keys[key_id] = key
    if not keys:
        raise ValueError(f"{name}: at least one key is needed")
    return keys
