"""Releases of the catalog."""

import graphene

from services.gateway.schema.fields import field, required
from services.gateway.schema.scalars.times import DateTime


class CatalogRelease(graphene.ObjectType):
    """One published state of the whole catalog. It never changes; a new one replaces it."""

    version = field(required(graphene.String), "Sorts by time of publishing.")
    published_at = field(required(DateTime), "When it was published.")
    content_hash = field(required(graphene.String), "The same for the same content.")
