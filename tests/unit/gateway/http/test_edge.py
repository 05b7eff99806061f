import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.gateway.edge import Edge, ServedGateway
from tests.support.gateway.asgi import AsgiClient
from tests.support.gateway.example_gateway import ExampleGateway


class ClosingGateway(ExampleGateway):
    """Notes that it was closed."""

    is_closed = False

    async def close(self) -> None:
        self.is_closed = True


def live(start: Callable[[], Awaitable[ServedGateway]]) -> list[Mapping[str, Any]]:
    """Start and stop the edge as a server does. Returns the messages that it sent."""
    orders = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Mapping[str, Any]] = []

    async def receive() -> Mapping[str, Any]:
        return orders.pop(0)

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Edge(start)({"type": "lifespan"}, receive, send))
    return sent


def test_builds_at_startup_and_closes_at_shutdown() -> None:
    gateway = ClosingGateway()

    sent = live(gateway.served)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert gateway.is_closed


def test_says_that_it_could_not_start_and_not_why_in_full() -> None:
    async def start() -> ServedGateway:
        raise ValueError("password in here")

    sent = live(start)
    assert sent == [{"type": "lifespan.startup.failed", "message": "ValueError"}]


def test_gives_pages_the_requests_id() -> None:
    reply = ExampleGateway().client().call("GET", "/", [], {"x-request-id": "from-a-proxy"})
    assert reply.headers["x-request-id"] == "from-a-proxy"


def test_says_too_large_before_a_page_is_called() -> None:
    client: AsgiClient = ExampleGateway().client()
    reply = client.call("POST", "/page", [b" " * 200_000, b" " * 200_000], {})
    assert (reply.status, reply.codes) == (413, ["PAYLOAD_TOO_LARGE"])
