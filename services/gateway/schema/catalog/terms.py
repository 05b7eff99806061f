"""Conditions and technical terms of the catalog."""

import graphene

from services.gateway.schema.catalog.content import locale_argument
from services.gateway.schema.catalog.edition import edition_for
from services.gateway.schema.fields import at_root, field, required


class ContraindicationTerm(graphene.ObjectType):
    """A condition that may be a reason against a procedure, and how to ask a patient about it."""

    code = field(required(graphene.String), "A stable name, which procedures use too.")
    label = field(required(graphene.String), "The condition.")
    question = field(required(graphene.String), "How to ask a patient about it.")


class Term(graphene.ObjectType):
    """A technical term."""

    term = field(required(graphene.String), "The term.")
    definition = field(required(graphene.String), "What it means.")


class TermQueries:
    contraindications = field(
        graphene.List(required(ContraindicationTerm)),
        "All conditions in the catalog, by code.",
        at_root(lambda args, request: edition_for(request, args).catalog.contraindications),
        locale=locale_argument(),
    )
    glossary = field(
        graphene.List(required(Term)),
        "The glossary of technical terms.",
        at_root(lambda args, request: edition_for(request, args).catalog.glossary),
        locale=locale_argument(),
    )
