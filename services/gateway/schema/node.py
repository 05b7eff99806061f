"""Things that have an id of their own."""

import graphene

from services.gateway.schema.fields import field, required


class Node(graphene.Interface):
    """An object that can be fetched by its id."""

    id = field(required(graphene.ID), "Opaque; unique across the whole service.")
