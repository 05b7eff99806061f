"""HTTP responses with GraphQL bodies, in the media type that the client reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from werkzeug.http import parse_accept_header

from services.gateway.documents.faults import Fault
from services.gateway.http.faults import HttpFault

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"

_OFFERED = (GRAPHQL, JSON)
_WILD = ("*/*", "application/*")


@lru_cache(maxsize=256)
def negotiate(accept: str) -> str:
    """Pick what is preferred, and JSON where anything will do; raises HttpFault."""
    if not accept.strip():
        return JSON
    ranges = [
        (media_range.partition(";")[0].strip().lower(), quality)
        for media_range, quality in parse_accept_header(accept)  # best first
    ]
    refused = {name for name, quality in ranges if quality == 0}
    for name, quality in ranges:
        media_type = JSON if name in _WILD else name
        if quality > 0 and media_type in _OFFERED and media_type not in refused:
            return media_type
    raise HttpFault(406, "NOT_ACCEPTABLE", f"Accept {GRAPHQL} or {JSON}.")


@lru_cache(maxsize=256)
def check_content(content_type: str, content_encoding: str) -> None:
    """Only JSON in UTF-8, as it is; raises HttpFault. A form would be sent by any site's page."""
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = dict(part.partition("=")[::2] for part in parameters).get("charset", "utf-8")
    if name != JSON or charset.strip('"') not in ("utf-8", "utf8"):
        raise HttpFault(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {JSON} in UTF-8.")
    if content_encoding.strip().lower() not in ("", "identity"):
        raise HttpFault(415, "UNSUPPORTED_MEDIA_TYPE", "Send the request without compression.")


Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: Headers
    body: bytes


def respond(
    status: int,
    media_type: str,
    body: dict[str, Any],
    request_id: str,
    extra: Iterable[tuple[bytes, bytes]] = (),
) -> HttpResponse:
    """Return a response that no cache stores. Raises TypeError for values outside JSON."""
    content = orjson.dumps(body)
    headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"private, no-store"),
        (b"vary", b"Accept"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-request-id", request_id.encode()),
        *extra,
    ]
    return HttpResponse(status, headers, content)


def respond_fault(fault: HttpFault, media_type: str, request_id: str) -> HttpResponse:
    return respond(
        fault.status,
        media_type,
        {"errors": [_error(Fault(fault.code, fault.message), request_id)]},
        request_id,
        fault.headers,
    )


def respond_document_faults(
    faults: Sequence[Fault], media_type: str, request_id: str
) -> HttpResponse:
    """Return the faults of a document or its variables.

    For `application/json` the status is 200: clients that ask for it read errors only with 200.
    """
    status = 200 if media_type == JSON else 400
    body = {"errors": [_error(fault, request_id) for fault in faults]}
    return respond(status, media_type, body, request_id)


def respond_masked(media_type: str, request_id: str) -> HttpResponse:
    """Return the response to an unexpected exception, which it does not show."""
    fault = HttpFault(500, "INTERNAL", "Internal server error")
    return respond_fault(fault, media_type, request_id)


def _error(fault: Fault, request_id: str) -> dict[str, Any]:
    error: dict[str, Any] = {
        "message": fault.message,
        "extensions": {"code": fault.code, "requestId": request_id},
    }
    if fault.locations:
        error["locations"] = [{"line": line, "column": column} for line, column in fault.locations]
    return error
