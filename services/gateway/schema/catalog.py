"""The snapshot of a request, for resolvers of catalog fields."""

from collections.abc import Mapping
from typing import Any, Final

from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.snapshot.snapshot import Edition, Snapshot

RETRY_SECONDS: Final = 5


def snapshot_of(request: GatewayRequest) -> Snapshot:
    """Return the snapshot; raises FieldRefused, CATALOG_UNAVAILABLE, if none is loaded."""
    if request.snapshot is None:
        message = "The catalog is not there yet. Try again in a few seconds."
        raise FieldRefused("CATALOG_UNAVAILABLE", message, {"retryAfter": RETRY_SECONDS})
    return request.snapshot


def edition_for(request: GatewayRequest, args: Mapping[str, Any]) -> Edition:
    """Return the edition in the locale of the argument `locale`."""
    return snapshot_of(request).edition(args.get("locale"))
