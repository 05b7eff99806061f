"""Fetches a small document over HTTPS."""

import http.client
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

_SECONDS: Final = 3.0
_MOST_BYTES: Final = 64 * 1024

Fetch = Callable[[str], bytes]
"""Gets a document by its URL. Raises CannotFetch."""


class CannotFetch(OSError):
    """The document cannot be had now."""


def https_get(url: str, *, tls: ssl.SSLContext | None = None) -> bytes:
    """Get a document of at most 64 kB; a redirect is not followed. Raises CannotFetch."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise CannotFetch("not https")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    context = tls or ssl.create_default_context()
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port or 443, timeout=_SECONDS, context=context
    )
    try:
        connection.request("GET", target)
        response = connection.getresponse()
        content = response.read(_MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as fault:
        raise CannotFetch(type(fault).__name__) from None
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK or len(content) > _MOST_BYTES:
        raise CannotFetch(f"status {response.status}, {len(content)} bytes")
    return content
