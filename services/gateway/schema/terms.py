"""Conditions and technical terms of the catalog."""

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts import catalog
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog import edition_for
from services.gateway.schema.content import locale_argument
from services.gateway.schema.fields import field, required


class ContraindicationTerm(graphene.ObjectType):
    """A condition that may be a reason against a procedure, and how to ask a patient about it."""

    code = field(required(graphene.String), "A stable name, which procedures use too.")
    label = field(required(graphene.String), "The condition.")
    question = field(required(graphene.String), "How to ask a patient about it.")


class Term(graphene.ObjectType):
    """A technical term."""

    term = field(required(graphene.String), "The term.")
    definition = field(required(graphene.String), "What it means.")


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
