"""The gateway's edge with the example schema: all of its HTTP, without any service behind it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.contracts.words import Mode, Role
from services.gateway.documents.checking import DocumentChecker, DocumentStore
from services.gateway.edge import Edge, ServedGateway
from services.gateway.execution.executor import Executor
from services.gateway.http.asgi import Receive
from services.gateway.http.graphql_endpoint import GraphQLEndpoint
from services.gateway.identity.keys import BearerIdentity, Holder, KeyRing, hash_of, new_key
from services.gateway.identity.viewer import Viewer
from tests.support.gateway.asgi import AsgiClient
from tests.support.gateway.example_schema import SCHEMA, ExampleData

KEY = new_key(Mode.TEST).text
VIEWER = Viewer(Role.STAFF, 1, Mode.TEST, 7)


@dataclass
class ExampleGateway:
    """`contexts` records the viewer and the Idempotency-Key of each request."""

    make_data: Callable[[], ExampleData] = ExampleData
    is_open_to_introspection: bool = True
    find: Callable[[bytes], Holder | None] = lambda key_hash: (
        Holder(key_hash, VIEWER) if key_hash == hash_of(KEY) else None
    )
    contexts: list[tuple[Viewer, str | None]] = field(default_factory=list)
    endpoint: GraphQLEndpoint = field(init=False)

    def __post_init__(self) -> None:
        executor = Executor(SCHEMA)
        self.endpoint = GraphQLEndpoint(
            executor,
            DocumentStore(DocumentChecker(executor).check),
            BearerIdentity(KeyRing(self.find)),
            self._make_request,
            self.is_open_to_introspection,
        )

    async def pages(self, scope: Mapping[str, Any], receive: Receive, send: Any) -> None:
        """Echo the path and the body."""
        message = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["path"].encode() + message["body"]})

    async def close(self) -> None:
        return None

    async def served(self) -> ServedGateway:
        return ServedGateway(self.endpoint, self.pages, self.close)

    def client(self) -> AsgiClient:
        edge = Edge(self.served)
        asyncio.run(_begin(edge))
        return AsgiClient(edge)

    def _make_request(self, viewer: Viewer, idempotency_key: str | None) -> ExampleData:
        self.contexts.append((viewer, idempotency_key))
        return self.make_data()


async def _begin(edge: Edge) -> None:
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Mapping[str, Any]:
        return messages.pop(0)

    async def send(_message: Mapping[str, Any]) -> None:
        return None

    await edge({"type": "lifespan"}, receive, send)
