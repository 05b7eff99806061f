"""Things that have an id of their own."""

import graphene

from services.gateway.schema.fields import field, required


class Node(graphene.Interface):
    """Anything that can be fetched again by its id."""

    id = field(required(graphene.ID), "Opaque, unique in the whole service.")
