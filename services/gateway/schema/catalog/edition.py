"""The edition of a request, and connections over it: their cursors belong to one release."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.fields import Args
from services.gateway.schema.paging import Connection, Edge, page_request
from services.gateway.snapshot.listing import SortedList
from services.gateway.snapshot.snapshot import Edition, Snapshot

T = TypeVar("T")
N = TypeVar("N")

RETRY_SECONDS: Final = 5


def snapshot_of(request: GatewayRequest) -> Snapshot:
    """Return the snapshot; raises FieldRefused, CATALOG_UNAVAILABLE, if none is loaded."""
    if request.snapshot is None:
        message = "The catalog is not there yet. Try again in a few seconds."
        raise FieldRefused("CATALOG_UNAVAILABLE", message, {"retryAfter": RETRY_SECONDS})
    return request.snapshot


def edition_for(request: GatewayRequest, args: Args) -> Edition:
    """Return the edition in the locale of the argument `locale`."""
    return snapshot_of(request).edition(args.get("locale"))


def catalog_connection(
    entries: SortedList[T],
    args: Args,
    request: GatewayRequest,
    *,
    of_list: str,
    edition: Edition,
    edge: Callable[[Callable[[], str], T], Edge[N]],
) -> Connection[N]:
    """Return the page that first and after ask for; `of_list` names list and order in cursors."""
    paging = page_request(args)
    signed_for = f"{of_list}:{edition.locale}:{edition.info.content_hash}"
    after = None
    if paging.cursor is not None:
        after = tuple(request.cursors.decode(signed_for, paging.cursor))
    page = entries.page(paging.size, after)
    return Connection(
        [
            edge(partial(request.cursors.encode, signed_for, key), item)
            for key, item in zip(page.keys, page.items, strict=True)
        ],
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        count=lambda: len(entries.items),
    )
