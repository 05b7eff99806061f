"""The far side of the gateway's asks, in memory: replies by kind of question."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from services.contracts.words import Mode, Role
from services.gateway.cursors import CursorSigner
from services.gateway.identity.people import People
from services.gateway.identity.viewer import Viewer
from services.gateway.request import GatewayRequest
from services.gateway.service_calls.calls import ServiceCalls
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.catalog import shipped_release

Reply = Callable[[Any], Any]
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
STAFF = Viewer(role=Role.STAFF, clinic_id=7, mode=Mode.TEST, key_id=3)
FRONT_END = Viewer(role=Role.FRONT_END, clinic_id=7, mode=Mode.TEST, key_id=4)
OPERATOR = Viewer(role=Role.OPERATOR, clinic_id=None, mode=Mode.LIVE, key_id=5)
ANONYMOUS = Viewer(role=None, clinic_id=None, mode=None, key_id=None)


class FakeAsker:
    """Answers with what it was given for the kind of question; remembers what it was asked."""

    def __init__(self, replies: Mapping[type[Any], Reply] | None = None) -> None:
        self.replies = dict(replies or {})
        self.asked: list[Any] = []
        self.command_ids: list[str | None] = []

    async def ask(
        self,
        _stream: str,
        question: Any,
        *,
        timeout: float = 3.0,  # noqa: ASYNC109 - the client's own signature
        command_id: str | None = None,
    ) -> Any:
        assert timeout > 0
        self.asked.append(question)
        self.command_ids.append(command_id)
        return self.replies[type(question)](question)

    def count(self) -> Counter[str]:
        return Counter(type(question).__name__ for question in self.asked)


async def _now() -> datetime:
    return NOW


def request_of(
    viewer: Viewer = ANONYMOUS,
    asker: FakeAsker | None = None,
    snapshot: Snapshot | None = None,
    idempotency_key: str | None = None,
    people: Mapping[int, str] | None = None,
) -> GatewayRequest:
    return GatewayRequest(
        id="request-1",
        viewer=viewer,
        snapshot=snapshot,
        calls=ServiceCalls.through(asker or FakeAsker()),
        cursors=CursorSigner.from_secret("a secret of tests"),
        now=_now,
        idempotency_key=idempotency_key,
        people=people_named(people or {}),
    )


def people_named(names: Mapping[int, str]) -> People:
    """Keys of one person each, by number; every other key is nobody's in particular."""
    return People(lambda _clinic, key_ids: {one: names.get(one) for one in key_ids})


def shipped_snapshot() -> Snapshot:
    return Snapshot.of(shipped_release())
