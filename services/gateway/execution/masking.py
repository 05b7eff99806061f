"""Formats errors for the response. An unexpected error is logged and its message is masked."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from services.chassis.ask import UpstreamTimeout, UpstreamUnavailable
from services.chassis.logs import get_logger
from services.gateway.execution.batched import FieldRefused
from services.gateway.execution.run import ArgumentsNotUsable

_MAX_ERRORS = 20

log = get_logger(__name__)


def format_errors(errors: Sequence[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """Format at most twenty errors, and release the frames that they refer to.

    A traceback refers to frames, and these refer to the exception. Without the release, everything
    that belongs to a failed request stays in memory until the next full garbage collection.
    """
    formatted = [_format(error, request_id) for error in errors[:_MAX_ERRORS]]
    if len(errors) > _MAX_ERRORS:
        code = {"code": "TOO_MANY_ERRORS", "requestId": request_id}
        message = f"{len(errors) - _MAX_ERRORS} further errors are left out."
        formatted.append({"message": message, "extensions": code})
    for error in errors:
        _release_frames(error)
    return formatted


def _format(error: GraphQLError, request_id: str) -> dict[str, Any]:
    message, extensions = _safe(error, request_id)
    locations = [{"line": at.line, "column": at.column} for at in error.locations or ()]
    return {
        "message": message,
        "locations": locations,
        "path": error.path or [],
        "extensions": {**extensions, "requestId": request_id},
    }


def _safe(error: GraphQLError, request_id: str) -> tuple[str, Mapping[str, Any]]:
    original = error.original_error or error
    if isinstance(original, FieldRefused):
        return original.message, original.extensions
    if isinstance(original, ArgumentsNotUsable):
        return original.message, {"code": "BAD_USER_INPUT"}
    if isinstance(original, UpstreamTimeout):
        return "A service did not answer in time.", {"code": "UPSTREAM_TIMEOUT"}
    if isinstance(original, UpstreamUnavailable):
        seconds = {"code": "UPSTREAM_UNAVAILABLE", "retryAfter": original.retry_after}
        return "A service is not available now.", seconds
    path = ".".join(map(str, error.path or ()))
    log.error("field_failed", request=request_id, path=path, exc_info=original)
    return "Internal server error", {"code": "INTERNAL"}


def _release_frames(error: BaseException) -> None:
    for linked in _chain(error):
        if linked.__traceback__ is not None:
            traceback.clear_frames(linked.__traceback__)
            linked.__traceback__ = None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error itself, with its causes, contexts and original errors, each once."""
    pending: list[BaseException | None] = [error]
    seen: set[int] = set()
    while pending:
        linked = pending.pop()
        if linked is None or id(linked) in seen:
            continue
        seen.add(id(linked))
        yield linked
        pending += [linked.__cause__, linked.__context__, getattr(linked, "original_error", None)]
