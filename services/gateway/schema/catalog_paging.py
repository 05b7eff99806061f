"""Connections over the catalog. Their cursors are valid for one release only."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from services.gateway.request import GatewayRequest
from services.gateway.schema.paging import Connection, Edge, connection_of, page_request
from services.gateway.snapshot.listing import SortedList
from services.gateway.snapshot.snapshot import Edition

T = TypeVar("T")
N = TypeVar("N")


def catalog_connection(
    entries: SortedList[T],
    args: Mapping[str, Any],
    request: GatewayRequest,
    *,
    of_list: str,
    edition: Edition,
    edge: Callable[[str, T], Edge[N]],
) -> Connection[N]:
    """Return the page that first and after ask for; `of_list` names list and order in cursors."""
    paging = page_request(args)
    signed_for = f"{of_list}:{edition.locale}:{edition.info.content_hash}"
    after = (
        tuple(request.cursors.decode(signed_for, paging.cursor))
        if paging.cursor is not None
        else None
    )
    page = entries.page(paging.size, after)
    edges = [
        edge(request.cursors.encode(signed_for, key), item)
        for key, item in zip(page.keys, page.items, strict=True)
    ]
    return connection_of(
        edges,
        has_next=page.has_next,
        has_previous=page.has_previous,
        count=lambda: len(entries.items),
    )
