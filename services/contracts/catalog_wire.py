"""How the current release lies in Redis, for those who load it without asking.

Both keys are always written together. Whoever finds them missing waits: the content service puts
them back within a second. What is published is public, so nothing here is sealed.
"""

import zlib
from typing import Final

import msgspec

from services.contracts.catalog import Release

RELEASE_KEY: Final = "catalog:release:current"
"""Holds the encoded release."""

VERSION_KEY: Final = "catalog:release:version"
"""Holds its version, in ASCII: cheap to compare with what one has already."""


def encode_release(release: Release) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(release), level=6)


def decode_release(encoded: bytes) -> Release:
    """Read what `encode_release` wrote; raises ValueError when that was another shape."""
    try:
        return msgspec.msgpack.decode(zlib.decompress(encoded), type=Release)
    except zlib.error as error:
        raise ValueError("not an encoded catalog release") from error
