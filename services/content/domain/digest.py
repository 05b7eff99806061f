"""Content hashes."""

import hashlib

import msgspec


def digest(value: object) -> str:
    """Hash the JSON of a value. The order of keys does not matter."""
    encoded = msgspec.json.encode(value, order="deterministic")
    return hashlib.sha256(encoded).hexdigest()
