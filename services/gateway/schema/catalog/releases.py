"""What a response is read at: the release of the catalog, and the time."""

import graphene

from services.gateway.schema.catalog.edition import snapshot_of
from services.gateway.schema.fields import at_root, field, required
from services.gateway.schema.scalars import DateTime


class CatalogRelease(graphene.ObjectType):
    """One published version of the whole catalog. It never changes; a new release replaces it."""

    version = field(required(graphene.String), "The version. Versions sort by time of publication.")
    published_at = field(required(DateTime), "When it was published.")
    content_hash = field(
        required(graphene.String), "A hash of the content; the same for the same content."
    )


class ReleaseQueries:
    now = field(
        required(DateTime),
        "The time of the service's clock, which CLOCK_RATE can speed up in development. "
        "Never cached.",
        at_root(lambda _args, request: request.now()),
    )
    catalog_release = field(
        CatalogRelease,
        "The release that all catalog fields of this response are read from.",
        at_root(lambda _args, request: snapshot_of(request).info),
    )
