"""Things that have an id of their own."""

import graphene

from services.gateway.schema.fields import field, must


class Node(graphene.Interface):
    """Anything that can be fetched again by its id."""

    id = field(must(graphene.ID), "Opaque, unique in the whole service.")
