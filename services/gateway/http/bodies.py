"""Reads the whole body of a request before anything else handles the request."""

import asyncio

from services.gateway.http.asgi import Receive
from services.gateway.http.faults import HttpFault

MAX_BYTES = 256 * 1024
MAX_WEBHOOK_BYTES = 2 * 1024 * 1024
"""Mail services send events in batches: SendGrid of up to 768 kB."""

MAX_SECONDS = 5.0


class SenderGone(Exception):
    """The client has closed the connection, so there is nobody to answer."""


async def read_body(
    receive: Receive, *, max_bytes: int = MAX_BYTES, max_seconds: float = MAX_SECONDS
) -> bytes:
    """Read the body. Raises HttpFault if it is too large or too slow, SenderGone on disconnect."""
    try:
        async with asyncio.timeout(max_seconds):
            return await _read(receive, max_bytes)
    except TimeoutError:
        message = f"The body did not arrive in {max_seconds:g} s."
        raise HttpFault(408, "REQUEST_TIMEOUT", message, [(b"connection", b"close")]) from None


async def _read(receive: Receive, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise SenderGone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > max_bytes:
            raise HttpFault(
                413,
                "PAYLOAD_TOO_LARGE",
                f"The body may have {max_bytes} bytes.",
                [(b"connection", b"close")],
            )
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
