import graphene

from services.gateway.schema.fields import field, must


class ContraindicationTerm(graphene.ObjectType):
    """A condition that may speak against a procedure, and how to ask a patient about it."""

    code = field(must(graphene.String), "Stable name; procedures use it too.")
    label = field(must(graphene.String), "The condition.")
    question = field(must(graphene.String), "How to ask about it.")


class Term(graphene.ObjectType):
    """A word of the field."""

    term = field(must(graphene.String), "The word.")
    definition = field(must(graphene.String), "What it means.")
