"""What mutations have in common."""

import hmac

import msgspec

from services.gateway.request import GatewayRequest


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
