"""The ASGI edge: it answers GraphQL itself and passes everything else to Flask.

A body is read completely before Flask gets the request, so that a slow sender holds no thread.
"""

import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.chassis.logs import get_logger
from services.gateway.http import responses
from services.gateway.http.asgi import Application, Message, Receive, Scope, Send
from services.gateway.http.bodies import MAX_BYTES, MAX_WEBHOOK_BYTES, SenderGone, read_body
from services.gateway.http.faults import HttpFault
from services.gateway.http.graphql_endpoint import GraphQLEndpoint, HttpRequest
from services.gateway.http.responses import JSON, HttpResponse

log = get_logger(__name__)

_GRAPHQL = "/graphql"
_MAIL_WEBHOOKS = "/webhooks/email/"
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class ServedGateway:
    """What a process serves with, once it has started."""

    endpoint: GraphQLEndpoint
    pages: Application
    close: Callable[[], Awaitable[None]]


class Edge:
    """The ASGI application; `start` builds the gateway inside the worker process."""

    def __init__(self, start: Callable[[], Awaitable[ServedGateway]]) -> None:
        self._start = start
        self._gateway: ServedGateway | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http" and self._gateway is not None:
            await self._serve(self._gateway, scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._gateway = await self._start()
        except Exception as fault:
            log.exception("gateway_did_not_start")
            await send({"type": "lifespan.startup.failed", "message": type(fault).__name__})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._gateway.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(
        self, gateway: ServedGateway, scope: Scope, receive: Receive, send: Send
    ) -> None:
        path: str = scope["path"]
        request = _request(scope, receive)
        try:
            if path == _GRAPHQL:
                await _send(await gateway.endpoint.answer(request), scope, send)
            elif path.startswith(f"{_GRAPHQL}/"):
                fault = HttpFault(404, "NOT_FOUND", f"GraphQL is answered at {_GRAPHQL}.")
                await _send(responses.respond_fault(fault, JSON, request.id), scope, send)
            else:
                await self._pass_to_pages(gateway.pages, scope, request, send)
        except SenderGone:
            return

    async def _pass_to_pages(
        self, pages: Application, scope: Scope, request: HttpRequest, send: Send
    ) -> None:
        try:
            body = await read_body(request.receive, max_bytes=_most_bytes(scope["path"]))
        except HttpFault as fault:
            await _send(responses.respond_fault(fault, JSON, request.id), scope, send)
            return
        await pages(scope, _replay(body), _with_request_id(request.id, send))


def _most_bytes(path: str) -> int:
    return MAX_WEBHOOK_BYTES if path.startswith(_MAIL_WEBHOOKS) else MAX_BYTES


def _request(scope: Scope, receive: Receive) -> HttpRequest:
    headers = dict(scope["headers"])
    sent_id = headers.get(b"x-request-id", b"").decode("latin-1")
    request_id = sent_id if _REQUEST_ID.fullmatch(sent_id) else uuid.uuid4().hex
    return HttpRequest(request_id, scope["method"], scope["query_string"], headers, receive)


def _replay(body: bytes) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        return next(messages, {"type": "http.disconnect"})

    return receive


def _with_request_id(request_id: str, send: Send) -> Send:
    """Add the request's id to the headers of a response from Flask."""

    async def send_with_id(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], (b"x-request-id", request_id.encode())]
            message = {**message, "headers": headers}
        await send(message)

    return send_with_id


async def _send(response: HttpResponse, scope: Scope, send: Send) -> None:
    await send(
        {"type": "http.response.start", "status": response.status, "headers": response.headers}
    )
    body = b"" if scope["method"] == "HEAD" else response.body
    await send({"type": "http.response.body", "body": body})
