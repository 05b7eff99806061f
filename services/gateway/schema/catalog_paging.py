"""Connections over the catalog. Their cursors end with the release that they were given for."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from services.gateway.request import GatewayRequest
from services.gateway.schema.paging import Connection, Edge, connection_of, page_wanted
from services.gateway.snapshot.listing import SortedList
from services.gateway.snapshot.snapshot import Edition

T = TypeVar("T")
N = TypeVar("N")


def catalog_connection(
    listed: SortedList[T],
    args: Mapping[str, Any],
    request: GatewayRequest,
    *,
    of_list: str,
    edition: Edition,
    edge: Callable[[str, T], Edge[N]],
) -> Connection[N]:
    """The page that first and after ask for; `of_list` names list and order, for the cursors."""
    wanted = page_wanted(args)
    signed_for = f"{of_list}:{edition.locale}:{edition.info.content_hash}"
    after = (
        tuple(request.cursors.decode(signed_for, wanted.cursor))
        if wanted.cursor is not None
        else None
    )
    page = listed.page(wanted.size, after)
    edges = [
        edge(request.cursors.encode(signed_for, key), item)
        for key, item in zip(page.keys, page.items, strict=True)
    ]
    return connection_of(
        edges,
        has_next=page.has_next,
        has_previous=page.has_previous,
        count=lambda: len(listed.items),
    )
