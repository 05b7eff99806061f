"""Pages of private lists, which come from a service in order of (time, id)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from services.gateway.request import GatewayRequest
from services.gateway.schema.paging import Connection, Edge, PageWanted, connection_of

T = TypeVar("T")

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


def limit_of(wanted: PageWanted) -> int:
    """At least one, so that a page of none can still say whether there is more."""
    return max(wanted.size, 1)
