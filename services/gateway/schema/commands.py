"""What mutations have in common."""

import hmac
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from services.gateway.request import GatewayRequest
from services.gateway.schema.refusals.values import InputError, invalid

LONGEST_TEXT: Final = 500
LONGEST_KEY: Final = 200


def command_id(request: GatewayRequest, command: msgspec.Struct) -> str | None:
    """The same for a repeated request with the same Idempotency-Key and input; else None.

    Only for mutations whose input has no key of its own. Keyed with a secret: the input is
    personal, and its plain hash could be guessed from.
    """
    if request.idempotency_key is None:
        return None
    parts = (
        str(request.viewer.key_id).encode(),
        request.idempotency_key.encode(),
        type(command).__name__.encode(),
        msgspec.msgpack.encode(command),
    )
    return hmac.digest(request.cursors.secret, msgspec.msgpack.encode(parts), "sha256").hex()


def text_faults(given: Mapping[str, Any], names: Mapping[str, str]) -> list[InputError]:
    """One error for each text that is too long. `names` are the schema's, by our own."""
    return [
        invalid(f"At most {limit} characters, please.", public)
        for name, public in names.items()
        if isinstance(text := given.get(name), str)
        and len(text) > (limit := LONGEST_KEY if name == "idempotency_key" else LONGEST_TEXT)
    ]
