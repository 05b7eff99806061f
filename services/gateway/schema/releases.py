"""What a response is read at: the release of the catalog, and the time."""

from datetime import datetime

import graphene

from services.contracts.catalog import ReleaseInfo
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog import snapshot_of
from services.gateway.schema.fields import Args, at_root, field, required
from services.gateway.schema.scalars import DateTime


class CatalogRelease(graphene.ObjectType):
    """One published version of the whole catalog. It never changes; a new release replaces it."""

    version = field(required(graphene.String), "The version. Versions sort by time of publication.")
    published_at = field(required(DateTime), "When it was published.")
    content_hash = field(
        required(graphene.String), "A hash of the content; the same for the same content."
    )


def _current(_args: Args, request: GatewayRequest) -> ReleaseInfo:
    return snapshot_of(request).info


class ReleaseQueries:
    catalog_release = field(
        CatalogRelease,
        "The release that all catalog fields of this response are read from.",
        at_root(_current),
    )


async def _now(_args: Args, request: GatewayRequest) -> datetime:
    return await request.now()


class ClockQueries:
    now = field(
        required(DateTime),
        "The time of the service's clock, which CLOCK_RATE can speed up in development. "
        "Never cached.",
        at_root(_now),
    )
