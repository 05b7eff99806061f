"""Releases of the catalog."""

import graphene

from services.gateway.schema.fields import field, required
from services.gateway.schema.scalars.times import DateTime


class CatalogRelease(graphene.ObjectType):
    """One published version of the whole catalog. It never changes; a new release replaces it."""

    version = field(required(graphene.String), "The version. Versions sort by time of publication.")
    published_at = field(required(DateTime), "When it was published.")
    content_hash = field(
        required(graphene.String), "A hash of the content; the same for the same content."
    )
