"""Connections: what the arguments ask for, and what a page tells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import graphene

from services.gateway.execution.batched import FieldRefused
from services.gateway.schema.fields import argument, must
from services.gateway.schema.fields import field as graphql_field

N = TypeVar("N")

DEFAULT_SIZE: Final = 20
LARGEST_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class PageInfoValue:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Edge(Generic[N]):
    cursor: str
    node: N
    indication: Any = None


@dataclass(frozen=True, slots=True)
class Connection(Generic[N]):
    """`count` tells the length of the whole list, and is called only when that is asked for."""

    edges: Sequence[Edge[N]]
    page_info: PageInfoValue
    count: Callable[[], int]

    @property
    def nodes(self) -> list[N]:
        return [edge.node for edge in self.edges]


@dataclass(frozen=True, slots=True)
class PageWanted:
    """`size` entries after `cursor`, or before it when `backward`."""

    size: int
    cursor: str | None
    backward: bool = False


def page_wanted(args: Mapping[str, Any]) -> PageWanted:
    """Read first/after or last/before.

    Raises:
        FieldRefused: BAD_USER_INPUT, for a size out of range and for both directions at once.

    """
    forward = args.get("first") is not None or args.get("after") is not None
    backward = args.get("last") is not None or args.get("before") is not None
    if forward and backward:
        raise _bad("Page either forward (first, after) or backward (last, before).")
    if backward:
        return PageWanted(_size("last", args), args.get("before"), backward=True)
    return PageWanted(_size("first", args), args.get("after"))


def _size(name: str, args: Mapping[str, Any]) -> int:
    size = args.get(name)
    if size is None:
        return DEFAULT_SIZE
    if not 0 <= size <= LARGEST_SIZE:
        raise _bad(f"{name} goes from 0 to {LARGEST_SIZE}.")
    return int(size)


def _bad(message: str) -> FieldRefused:
    return FieldRefused("BAD_USER_INPUT", message)


def connection_of(
    edges: Sequence[Edge[N]],
    *,
    has_next: bool,
    has_previous: bool,
    count: Callable[[], int] = lambda: 0,
) -> Connection[N]:
    first, last = (edges[0].cursor, edges[-1].cursor) if edges else (None, None)
    return Connection(edges, PageInfoValue(has_next, has_previous, first, last), count)


class PageInfo(graphene.ObjectType):
    """Where a page lies in its list."""

    has_next_page = graphql_field(must(graphene.Boolean), "Whether there is more after this page.")
    has_previous_page = graphql_field(
        must(graphene.Boolean), "Whether there is more before this page."
    )
    start_cursor = graphql_field(graphene.String, "Cursor of the page's first edge.")
    end_cursor = graphql_field(graphene.String, "Cursor of the page's last edge.")


def first_argument(**more: Any) -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(graphene.Int, f"At most this many, 0 to {LARGEST_SIZE}.", **more)


def after_argument() -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(graphene.String, "Continue after the edge with this cursor.")


def last_argument() -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(graphene.Int, f"At most this many from the end, 0 to {LARGEST_SIZE}.")


def before_argument() -> Any:  # noqa: ANN401 - graphene ships no types
    return argument(graphene.String, "Continue before the edge with this cursor.")
