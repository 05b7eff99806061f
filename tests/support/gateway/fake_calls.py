"""The far side of the gateway's asks, in memory: replies by kind of question."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from services.contracts.words import Mode, Role
from services.gateway.cursors import CursorSigner
from services.gateway.identity.people import People
from services.gateway.identity.viewer import Viewer
from services.gateway.request import GatewayRequest
from services.gateway.schema.commands import command_key
from services.gateway.snapshot.snapshot import Snapshot
from tests.support.content.catalog import shipped_release

Q = TypeVar("Q")

Reply = Callable[[Any], Any]
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
STAFF = Viewer(role=Role.STAFF, clinic_id=7, mode=Mode.TEST, key_id=3)
FRONT_END = Viewer(role=Role.FRONT_END, clinic_id=7, mode=Mode.TEST, key_id=4)
OPERATOR = Viewer(role=Role.OPERATOR, clinic_id=None, mode=Mode.LIVE, key_id=5)
ANONYMOUS = Viewer(role=None, clinic_id=None, mode=None, key_id=None)


class FakeClient:
    """Answers by kind of question with what it was given; remembers what it was asked.

    `asked` holds one entry for each round trip: a question, or a list of questions.
    """

    def __init__(self, replies: Mapping[type[Any], Reply] | None = None) -> None:
        self.replies = dict(replies or {})
        self.asked: list[Any] = []
        self.command_ids: list[str | None] = []

    async def ask(
        self,
        question: Any,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - the client's own signature
        command_id: str | None = None,
    ) -> Any:
        assert timeout is None or timeout > 0
        self.asked.append(question)
        self.command_ids.append(command_id)
        return self.replies[type(question)](question)

    async def ask_many(self, questions: Sequence[Any]) -> Sequence[Any]:
        self.asked.append(list(questions))
        return [self.replies[type(question)](question) for question in questions]

    def questions(self, kind: type[Q]) -> list[Q]:
        """The questions of one kind, however many a round trip held."""
        lists = (asked if isinstance(asked, list) else [asked] for asked in self.asked)
        return [question for asked in lists for question in asked if isinstance(question, kind)]

    def count(self) -> Counter[str]:
        """Round trips by kind of question; those with a list of questions as "[Kind]"."""
        return Counter(
            f"[{type(asked[0]).__name__}]" if isinstance(asked, list) else type(asked).__name__
            for asked in self.asked
        )


async def _now() -> datetime:
    return NOW


def request_of(
    viewer: Viewer = ANONYMOUS,
    client: FakeClient | None = None,
    snapshot: Snapshot | None = None,
    idempotency_key: str | None = None,
    people: Mapping[int, str] | None = None,
) -> GatewayRequest:
    return GatewayRequest(
        viewer=viewer,
        snapshot=snapshot,
        client=client or FakeClient(),
        cursors=CursorSigner("a secret of tests"),
        command_key=command_key("a secret of tests"),
        now=_now,
        idempotency_key=idempotency_key,
        people=people_named(people or {}),
    )


def people_named(names: Mapping[int, str]) -> People:
    """Keys of one person each, by number; every other key is nobody's in particular."""
    return People(lambda _clinic, key_ids: {key_id: names.get(key_id) for key_id in key_ids})


def shipped_snapshot() -> Snapshot:
    return Snapshot(shipped_release())
