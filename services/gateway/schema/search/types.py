import graphene

from services.gateway.schema.content.types import Content
from services.gateway.schema.fields import field, required


class SearchHit(graphene.ObjectType):
    """An entry that a search found."""

    node = field(required(Content), "The entry.")
    excerpt = field(required(graphene.String), "The excerpt that matches best.")
    score = field(required(graphene.Float), "How well it matches, from 0 to 1; for ordering only.")
    matched = field(required(graphene.String), "The name or the words that matched.")
