"""GraphQL bodies, whatever the status."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.gateway.documents.faults import Fault
from services.gateway.http.faults import HttpFault
from services.gateway.http.negotiation import JSON

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Headers
    body: bytes


def answer(
    status: int,
    media_type: str,
    body: dict[str, Any],
    request_id: str,
    extra: Iterable[tuple[bytes, bytes]] = (),
) -> Answer:
    """Make an answer that no cache keeps; raises TypeError for what JSON cannot say."""
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
    return Answer(status, headers, content)


def http_fault(fault: HttpFault, media_type: str, request_id: str) -> Answer:
    return answer(
        fault.status,
        media_type,
        {"errors": [_error(Fault(fault.code, fault.message), request_id)]},
        request_id,
        fault.headers,
    )


def document_faults(faults: Sequence[Fault], media_type: str, request_id: str) -> Answer:
    """Say what is wrong with a document or its variables.

    To `application/json` with status 200: clients that ask for it read errors from no other.
    """
    status = 200 if media_type == JSON else 400
    body = {"errors": [_error(fault, request_id) for fault in faults]}
    return answer(status, media_type, body, request_id)


def masked_fault(media_type: str, request_id: str) -> Answer:
    """For what nobody foresaw."""
    fault = HttpFault(500, "INTERNAL", "Internal server error")
    return http_fault(fault, media_type, request_id)


def _error(fault: Fault, request_id: str) -> dict[str, Any]:
    error: dict[str, Any] = {
        "message": fault.message,
        "extensions": {"code": fault.code, "requestId": request_id},
    }
    if fault.locations:
        error["locations"] = [{"line": line, "column": column} for line, column in fault.locations]
    return error
