import graphene

from services.gateway.schema.fields import field, required


class ContraindicationTerm(graphene.ObjectType):
    """A condition that may speak against a procedure, and how to ask a patient about it."""

    code = field(required(graphene.String), "Stable name; procedures use it too.")
    label = field(required(graphene.String), "The condition.")
    question = field(required(graphene.String), "How to ask about it.")


class Term(graphene.ObjectType):
    """A word of the field."""

    term = field(required(graphene.String), "The word.")
    definition = field(required(graphene.String), "What it means.")
