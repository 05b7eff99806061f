"""Pages of private lists, which come from a service in order of (time, id)."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.paging import Connection, Edge, PageWanted, connection_of

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Q = TypeVar("Q")

Position = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class PrivateList(Generic[T]):
    """How the cursors of one private list are written. `name` tells it from all others."""

    name: str
    position: Callable[[T], Position]

    def start(self, wanted: PageWanted, request: GatewayRequest) -> Position | None:
        """Where to go on from; raises FieldRefused for a cursor that is not of this list."""
        if wanted.cursor is None:
            return None
        at, number = request.cursors.decode(self.name, wanted.cursor)
        return datetime.fromisoformat(str(at)), int(number)

    def connection(
        self, items: Sequence[T], wanted: PageWanted, request: GatewayRequest, *, has_more: bool
    ) -> Connection[T]:
        """The page, from the items in the direction of travel."""
        kept = items[: wanted.size]
        has_more = has_more or len(items) > wanted.size
        came_from = wanted.cursor is not None
        ordered = list(reversed(kept)) if wanted.backward else kept
        return connection_of(
            [Edge(self._cursor(item, request), item) for item in ordered],
            has_next=came_from if wanted.backward else has_more,
            has_previous=has_more if wanted.backward else came_from,
        )

    def _cursor(self, item: T, request: GatewayRequest) -> str:
        at, number = self.position(item)
        return request.cursors.encode(self.name, (at.isoformat(), number))


class Page(Protocol[T_co]):
    """What a service answers."""

    @property
    def items(self) -> Sequence[T_co]: ...
    @property
    def has_more(self) -> bool: ...


async def pages_together(
    lists: Sequence[tuple[PrivateList[T], Callable[[Position | None], Q]]],
    wanted: PageWanted,
    request: GatewayRequest,
    ask: Callable[[Sequence[Q]], Awaitable[Sequence[Page[T]]]],
) -> list[Connection[T] | FieldRefused]:
    """The same page of many lists, in one ask.

    Each list comes with its question, given where to go on from. A cursor is refused by all lists
    but its own.
    """
    asked: dict[int, Q] = {}
    answers: dict[int, Connection[T] | FieldRefused] = {}
    for number, (listed, question) in enumerate(lists):
        try:
            asked[number] = question(listed.start(wanted, request))
        except FieldRefused as refused:
            answers[number] = refused
    pages = await ask(list(asked.values())) if asked else ()
    for number, page in zip(asked, pages, strict=True):
        listed, _ = lists[number]
        answers[number] = listed.connection(page.items, wanted, request, has_more=page.has_more)
    return [answers[number] for number in range(len(lists))]


def limit_of(wanted: PageWanted) -> int:
    """At least one, so that a page of none can still say whether there is more."""
    return max(wanted.size, 1)
