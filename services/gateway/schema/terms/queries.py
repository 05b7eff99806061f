from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts import catalog
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog import edition_for
from services.gateway.schema.content.arguments import locale_argument
from services.gateway.schema.fields import field, required
from services.gateway.schema.terms.types import ContraindicationTerm, Term


def _contraindications(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Sequence[catalog.ContraindicationTerm]]:
    return [edition_for(request, args).catalog.contraindications]


def _glossary(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Sequence[catalog.Term]]:
    return [edition_for(request, args).catalog.glossary]


class TermQueries:
    contraindications = field(
        graphene.List(required(ContraindicationTerm)),
        "All conditions in the catalog, by code.",
        Batched(_contraindications, PUBLIC),
        locale=locale_argument(),
    )
    glossary = field(
        graphene.List(required(Term)),
        "The glossary of technical terms.",
        Batched(_glossary, PUBLIC),
        locale=locale_argument(),
    )
