"""How the current release is stored in Redis, where gateways load it.

Both keys are always written together. If they are missing, wait: the content service puts them back
within a second. A release is public, so it is not sealed.
"""

import zlib
from typing import Final

import msgspec

from services.contracts.catalog import Release

RELEASE_KEY: Final = "catalog:release:current"
"""Holds the encoded release."""

VERSION_KEY: Final = "catalog:release:version"
"""Holds its version in ASCII, which is cheap to compare."""


def encode_release(release: Release) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(release), level=6)


def decode_release(encoded: bytes) -> Release:
    """Decode what `encode_release` wrote. Raises ValueError for another form."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(encoded), type=Release)
    except zlib.error as error:
        raise ValueError("not an encoded catalog release") from error
