import graphene

from services.gateway.schema.content.types import Content
from services.gateway.schema.fields import field, must


class SearchHit(graphene.ObjectType):
    """An entry that a search found."""

    node = field(must(Content), "The entry.")
    excerpt = field(must(graphene.String), "The piece of its text that fits best.")
    score = field(must(graphene.Float), "How well it fits, from 0 to 1; for ordering only.")
    matched = field(must(graphene.String), "The name, or the words of the text, that were met.")
