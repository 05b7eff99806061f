"""What a command asks for, without its sender and its idempotency key."""

import msgspec


def fingerprint(command: msgspec.Struct) -> bytes:
    """Encode the input of a command. Equal inputs give equal bytes, whoever sends them."""
    fields = msgspec.structs.asdict(command)
    for name in ("scope", "idempotency_key"):
        fields.pop(name, None)
    return msgspec.msgpack.encode(fields, order="deterministic")
