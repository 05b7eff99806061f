"""Connections: their types, their arguments and their pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeVar

import graphene

from services.gateway.execution.batched import Batched, FieldRefused, Rule
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.fields import (
    Args,
    GrapheneType,
    argument,
    field,
    graphene_type,
    list_of,
    required,
)

N = TypeVar("N")

DEFAULT_SIZE: Final = 20
LARGEST_SIZE: Final = 100

_FIRST: Final = f"At most this many, 0 to {LARGEST_SIZE}."
_AFTER: Final = "Continue after the edge with this cursor."


@dataclass(frozen=True, slots=True)
class Edge(Generic[N]):
    """`sign` makes the cursor. It is called only when a cursor is selected: signing takes time."""

    sign: Callable[[], str]
    node: N
    indication: Any = None

    @property
    def cursor(self) -> str:
        return self.sign()


@dataclass(frozen=True, slots=True)
class Connection(Generic[N]):
    """A page of a list, and its own `page_info`; an empty list if nothing is given.

    `count` returns the length of the whole list; it is called only when selected.
    """

    edges: Sequence[Edge[N]] = ()
    has_next_page: bool = False
    has_previous_page: bool = False
    count: Callable[[], int] = lambda: 0

    @property
    def nodes(self) -> list[N]:
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> Self:
        return self

    @property
    def start_cursor(self) -> str | None:
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        return self.edges[-1].cursor if self.edges else None

    @property
    def total_count(self) -> int:
        return self.count()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`size` entries after `cursor`, or before it when `backward`."""

    size: int
    cursor: str | None
    backward: bool = False


def page_request(args: Args) -> PageRequest:
    """Read first/after or last/before.

    Raises:
        FieldRefused: BAD_USER_INPUT, for a size out of range and for both directions at once.

    """
    forward = args.get("first") is not None or args.get("after") is not None
    backward = args.get("last") is not None or args.get("before") is not None
    if forward and backward:
        raise _bad("Page either forward (first, after) or backward (last, before).")
    if backward:
        return PageRequest(_size("last", args), args.get("before"), backward=True)
    return PageRequest(_size("first", args), args.get("after"))


def _size(name: str, args: Args) -> int:
    size = args.get(name)
    if size is None:
        return DEFAULT_SIZE
    if not 0 <= size <= LARGEST_SIZE:
        raise _bad(f"{name} goes from 0 to {LARGEST_SIZE}.")
    return int(size)


def _bad(message: str) -> FieldRefused:
    return FieldRefused("BAD_USER_INPUT", message)


class PageInfo(graphene.ObjectType):
    """The position of a page in its list."""

    has_next_page = field(
        required(graphene.Boolean), "Whether there are more edges after this page."
    )
    has_previous_page = field(
        required(graphene.Boolean), "Whether there are more edges before this page."
    )
    start_cursor = field(graphene.String, "Cursor of the page's first edge.")
    end_cursor = field(graphene.String, "Cursor of the page's last edge.")


def connection_type(
    node: GrapheneType,
    noun: str,
    access: Rule = PUBLIC,
    *,
    is_counted: bool = False,
    note: str = "",
    **of_edge: GrapheneType,
) -> GrapheneType:
    """Define the connection and the edge of a list of these nodes; `noun` is what a node is called.

    `note` follows the edge's description, `of_edge` holds its further fields. A node that a rule
    keeps back is null, so nodes of a public list alone are never null.
    """
    is_public = access is PUBLIC
    article = "An" if noun[0] in "aeiou" else "A"
    node_type = required(node) if is_public else node
    edge = graphene_type(
        f"{node.__name__}Edge",
        f"{article} {noun} in a list.{note}",
        access,
        cursor=field(required(graphene.String), "The position of this edge in the list."),
        node=field(node_type, f"The {noun}."),
        **of_edge,
    )
    count_type = required(graphene.Int) if is_public else graphene.Int
    counted = {"total_count": field(count_type, "How many there are in the whole list.")}
    return graphene_type(
        f"{node.__name__}Connection",
        f"A page of a list of {noun}s.",
        access,
        edges=field(list_of(edge), f"The {noun}s with their cursors."),
        nodes=field(required(graphene.List(node_type)), f"The {noun}s alone."),
        page_info=field(required(PageInfo), "The position of the page in the list."),
        **(counted if is_counted else {}),
    )


def connection_field(
    connection: GrapheneType,
    description: str,
    resolver: Batched,
    **args: GrapheneType,
) -> GrapheneType:
    """Define a list that is paged forward, 20 at a time unless `first` says otherwise."""
    first = argument(graphene.Int, _FIRST, default_value=DEFAULT_SIZE)
    after = argument(graphene.String, _AFTER)
    return field(connection, description, resolver, first=first, after=after, **args)


def two_way_connection_field(
    connection: GrapheneType,
    description: str,
    resolver: Batched,
    **args: GrapheneType,
) -> GrapheneType:
    """Define a list that is paged forward or backward."""
    return field(
        connection,
        description,
        resolver,
        first=argument(graphene.Int, _FIRST),
        after=argument(graphene.String, _AFTER),
        last=argument(graphene.Int, f"At most this many from the end, 0 to {LARGEST_SIZE}."),
        before=argument(graphene.String, "Continue before the edge with this cursor."),
        **args,
    )
