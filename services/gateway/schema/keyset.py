"""Pages of private lists, which a service returns in the order of a key."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from services.gateway.cursors import Key
from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.paging import Connection, Edge, PageRequest, connection_of

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
P = TypeVar("P")
Q = TypeVar("Q")

Position = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class PrivateList(Generic[T, P]):
    """One private list, for its cursors; `name` distinguishes it from all others.

    `key` is what a cursor holds of an item, `position` turns that into the argument that the
    service continues after.
    """

    name: str
    key: Callable[[T], Key]
    position: Callable[[Sequence[Any]], P]

    def start(self, paging: PageRequest, request: GatewayRequest) -> P | None:
        """Return where to continue; raises FieldRefused for a cursor of another list."""
        if paging.cursor is None:
            return None
        return self.position(request.cursors.decode(self.name, paging.cursor))

    def connection(
        self,
        items: Sequence[T],
        paging: PageRequest,
        request: GatewayRequest,
        *,
        has_more: bool,
        total: int = 0,
    ) -> Connection[T]:
        """Make the page of items, which come in the direction of paging."""
        shown = items[: paging.size]
        has_more = has_more or len(items) > paging.size
        has_cursor = paging.cursor is not None
        ordered = list(reversed(shown)) if paging.backward else shown
        return connection_of(
            [Edge(request.cursors.encode(self.name, self.key(item)), item) for item in ordered],
            has_next=has_cursor if paging.backward else has_more,
            has_previous=has_more if paging.backward else has_cursor,
            count=lambda: total,
        )


def list_by_time(name: str, position: Callable[[T], Position]) -> PrivateList[T, Position]:
    """Make a list that is ordered by a time, then by id."""

    def key(item: T) -> Key:
        at, number = position(item)
        return at.isoformat(), number

    return PrivateList(name, key, _time_and_id)


def _time_and_id(key: Sequence[Any]) -> Position:
    at, number = key
    return datetime.fromisoformat(str(at)), int(number)


class Page(Protocol[T_co]):
    """A page as a service returns it."""

    @property
    def items(self) -> Sequence[T_co]: ...
    @property
    def has_more(self) -> bool: ...


async def pages_of_many(
    lists: Sequence[tuple[PrivateList[T, P], Callable[[P | None], Q]]],
    paging: PageRequest,
    request: GatewayRequest,
    ask: Callable[[Sequence[Q]], Awaitable[Sequence[Page[T]]]],
) -> list[Connection[T] | FieldRefused]:
    """Read the same page of many lists in one round trip.

    Each list comes with a function that makes its question from the position to continue at. A
    cursor is refused by all lists but its own.
    """
    questions: dict[int, Q] = {}
    answers: dict[int, Connection[T] | FieldRefused] = {}
    for index, (private_list, question) in enumerate(lists):
        try:
            questions[index] = question(private_list.start(paging, request))
        except FieldRefused as refused:
            answers[index] = refused
    pages = await ask(list(questions.values())) if questions else ()
    for index, page in zip(questions, pages, strict=True):
        private_list, _ = lists[index]
        answers[index] = private_list.connection(
            page.items, paging, request, has_more=page.has_more
        )
    return [answers[index] for index in range(len(lists))]


def limit_of(paging: PageRequest) -> int:
    """Return at least one, so that an empty page can still say whether there is more."""
    return max(paging.size, 1)
