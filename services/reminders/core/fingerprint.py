"""What a command asks for, without who asks and under which key."""

import msgspec


def fingerprint(command: msgspec.Struct) -> bytes:
    """Encode the input: equal inputs give equal bytes, whoever sends them."""
    given = msgspec.structs.asdict(command)
    for name in ("scope", "idempotency_key"):
        given.pop(name, None)
    return msgspec.msgpack.encode(given, order="deterministic")
