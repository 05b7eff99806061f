"""`/graphql`: handles GraphQL requests over HTTP."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from graphql import ExecutionResult, OperationType

from services.chassis.logs import get_logger
from services.gateway.documents.checking import DocumentStore
from services.gateway.documents.faults import DocumentRefused, Fault, fault_of
from services.gateway.execution.executor import Executor
from services.gateway.execution.masking import format_errors
from services.gateway.execution.plan import Operation
from services.gateway.execution.variables import Variables, VariablesNotUsable, coerce_variables
from services.gateway.http import parameters, responses
from services.gateway.http.asgi import Receive
from services.gateway.http.bodies import SenderGone, read_body
from services.gateway.http.faults import HttpFault
from services.gateway.http.parameters import Parameters
from services.gateway.http.responses import JSON, HttpResponse, check_content, negotiate
from services.gateway.identity.keys import KeyNotKnown, KeysNotReadable
from services.gateway.identity.viewer import Viewer

log = get_logger(__name__)

_METHODS = b"GET, HEAD, POST, OPTIONS"
_READ_METHODS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """The names of `headers` are in lower case."""

    id: str
    method: str
    query_string: bytes
    headers: Mapping[bytes, bytes]
    receive: Receive

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")


Identify = Callable[[str], Awaitable[Viewer]]
"""Identifies the viewer by the Authorization header, which may be empty.

Raises KeyNotKnown and KeysNotReadable.
"""


MakeRequest = Callable[[Viewer, str | None], Any]


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """`make_request` makes what resolvers get, of the viewer and the header Idempotency-Key."""

    executor: Executor
    documents: DocumentStore
    identify: Identify
    make_request: MakeRequest
    is_open_to_introspection: bool

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Handle any request. Raises SenderGone if the client has disconnected."""
        media_type = JSON
        try:
            media_type = negotiate(request.header(b"accept"))
            return await self._answer(request, media_type)
        except HttpFault as fault:
            return responses.respond_fault(fault, media_type, request.id)
        except DocumentRefused as refusal:
            return responses.respond_document_faults(refusal.faults, media_type, request.id)
        except SenderGone:
            raise
        except Exception:
            log.exception("request_failed", request=request.id)
            return responses.respond_masked(media_type, request.id)

    async def _answer(self, request: HttpRequest, media_type: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(
                204, [(b"allow", _METHODS), (b"x-request-id", request.id.encode())], b""
            )
        if request.method not in (*_READ_METHODS, "POST"):
            raise _method_not_allowed("Use POST, or GET for queries.", _METHODS)
        viewer = await self._viewer(request)
        params = await _parameters(request)
        operation = self._operation(params, request.method, viewer)
        variables = self._variables(operation, params)
        context = self.make_request(viewer, request.header(b"idempotency-key") or None)
        result = await self.executor.execute(operation, variables, context)
        body = _body(result, request.id)
        return responses.respond(200, media_type, body, request.id, _retry_after(body))

    async def _viewer(self, request: HttpRequest) -> Viewer:
        try:
            return await self.identify(request.header(b"authorization"))
        except KeyNotKnown:
            challenge = [(b"www-authenticate", b"Bearer")]
            message = "The API key is not known or was revoked. Leave it out to read the catalog."
            raise HttpFault(401, "UNAUTHENTICATED", message, challenge) from None
        except KeysNotReadable:
            message = "API keys cannot be checked now; try again."
            retry = [(b"retry-after", b"1")]
            raise HttpFault(503, "UPSTREAM_UNAVAILABLE", message, retry) from None

    def _operation(self, params: Parameters, method: str, viewer: Viewer) -> Operation:
        document = self.documents.get(params.query)
        operation = document.operation(params.operation_name)
        kind = operation.definition.operation
        if method in _READ_METHODS and kind is not OperationType.QUERY:
            raise _method_not_allowed(f"Use POST for a {kind.value}.", b"POST")
        if method in _READ_METHODS and document.post_only:
            fields = ", ".join(document.post_only)
            raise _method_not_allowed(f"Use POST: the arguments of {fields} are private.", b"POST")
        if kind is OperationType.SUBSCRIPTION:
            raise HttpFault(400, "SUBSCRIPTION_NOT_OFFERED", "Subscriptions are not supported.")
        if document.has_introspection and not self._may_introspect(viewer):
            message = "Introspection needs an API key; the schema is published as schema.graphql."
            raise DocumentRefused([Fault("INTROSPECTION_DISABLED", message)])
        return operation

    def _may_introspect(self, viewer: Viewer) -> bool:
        return self.is_open_to_introspection or viewer.role is not None

    def _variables(self, operation: Operation, params: Parameters) -> Variables:
        try:
            return coerce_variables(self.executor.schema, operation.definition, params.variables)
        except VariablesNotUsable as unusable:
            raise DocumentRefused(
                [fault_of("BAD_USER_INPUT", error) for error in unusable.errors]
            ) from None


async def _parameters(request: HttpRequest) -> Parameters:
    if request.method in _READ_METHODS:
        return parameters.from_query_string(request.query_string)
    check_content(request.header(b"content-type"), request.header(b"content-encoding"))
    return parameters.from_body(await read_body(request.receive))


def _method_not_allowed(message: str, allowed: bytes) -> HttpFault:
    return HttpFault(405, "METHOD_NOT_ALLOWED", message, [(b"allow", allowed)])


def _body(result: ExecutionResult, request_id: str) -> dict[str, Any]:
    if not result.errors:
        return {"data": result.data}
    return {"errors": format_errors(result.errors, request_id), "data": result.data}


def _retry_after(body: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    """Repeat the longest `retryAfter` in a header, because proxies do not read bodies."""
    waits = [error["extensions"].get("retryAfter", 0) for error in body.get("errors", ())]
    longest = ceil(max(waits, default=0))
    return [(b"retry-after", str(longest).encode())] if longest else []
