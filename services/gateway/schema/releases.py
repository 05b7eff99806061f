"""What a response is read at: the release of the catalog, and the time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import graphene

from services.contracts.catalog import ReleaseInfo
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog import snapshot_of
from services.gateway.schema.fields import field, required
from services.gateway.schema.scalars import DateTime


class CatalogRelease(graphene.ObjectType):
    """One published version of the whole catalog. It never changes; a new release replaces it."""

    version = field(required(graphene.String), "The version. Versions sort by time of publication.")
    published_at = field(required(DateTime), "When it was published.")
    content_hash = field(
        required(graphene.String), "A hash of the content; the same for the same content."
    )


def _current(
    _roots: Sequence[object], _args: Mapping[str, Any], request: GatewayRequest
) -> list[ReleaseInfo]:
    return [snapshot_of(request).info]


class ReleaseQueries:
    catalog_release = field(
        CatalogRelease,
        "The release that all catalog fields of this response are read from.",
        Batched(_current, PUBLIC),
    )


async def _now(
    _roots: Sequence[object], _args: Mapping[str, Any], request: GatewayRequest
) -> list[datetime]:
    return [await request.now()]


class ClockQueries:
    now = field(
        required(DateTime),
        "The time of the service's clock, which CLOCK_RATE can speed up in development. "
        "Never cached.",
        Batched(_now, PUBLIC),
    )
