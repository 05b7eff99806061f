"""Search in the catalog."""

from typing import Any

import graphene

from services.gateway.execution.batched import FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.catalog.content import Content, locale_argument
from services.gateway.schema.catalog.edition import edition_for
from services.gateway.schema.fields import Args, argument, at_root, field, required
from services.gateway.snapshot.search import search
from services.gateway.snapshot.snapshot import LocalizedEntry


class SearchHit(graphene.ObjectType):
    """An entry that a search found."""

    node = field(required(Content), "The entry.")
    excerpt = field(required(graphene.String), "The excerpt that matches best.")
    score = field(required(graphene.Float), "How well it matches, from 0 to 1; for ordering only.")
    matched = field(required(graphene.String), "The name or the words that matched.")


def _search_hits(
    args: Args, request: GatewayRequest
) -> list[search.SearchHit[LocalizedEntry[Any]]]:
    text, first = args["text"], args["first"]
    if not 0 < first <= search.MAX_HITS:
        raise FieldRefused("BAD_USER_INPUT", f"Ask for 1 to {search.MAX_HITS} hits.")
    if len(text) > search.LONGEST_TEXT:
        raise FieldRefused(
            "BAD_USER_INPUT", f"Search for at most {search.LONGEST_TEXT} characters."
        )
    return edition_for(request, args).search(text, first)


class SearchQueries:
    search = field(
        graphene.List(required(SearchHit)),
        "Entries that match a text, best first; tolerates typing errors. POST only.",
        at_root(_search_hits, post_only=True),
        text=argument(required(graphene.String), "The text to search for."),
        first=argument(graphene.Int, "The maximum number of hits.", default_value=10),
        locale=locale_argument(),
    )
