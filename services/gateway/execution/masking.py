"""What of an error its asker may read. Everything unexpected is masked, and logged."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import GraphQLError

from services.chassis.ask import UpstreamTimeout, UpstreamUnavailable
from services.chassis.logs import get_logger
from services.gateway.execution.batched import FieldRefused
from services.gateway.execution.run import ArgumentsNotUsable

_TOLD = 20

log = get_logger(__name__)


def told(errors: Sequence[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """Format at most twenty errors, and let go of the frames that they hold on to.

    An exception's traceback refers to the frames that refer to the exception: without this, each
    failing request would live until the garbage collector's next full run.
    """
    formatted = [_told(error, request_id) for error in errors[:_TOLD]]
    if len(errors) > _TOLD:
        code = {"code": "TOO_MANY_ERRORS", "requestId": request_id}
        message = f"{len(errors) - _TOLD} further errors are left out."
        formatted.append({"message": message, "extensions": code})
    for error in errors:
        _let_go(error)
    return formatted


def _told(error: GraphQLError, request_id: str) -> dict[str, Any]:
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


def _let_go(error: BaseException) -> None:
    for each in _chain(error):
        if each.__traceback__ is not None:
            traceback.clear_frames(each.__traceback__)
            each.__traceback__ = None


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [each.__cause__, each.__context__, getattr(each, "original_error", None)]
