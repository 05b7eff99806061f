import graphene

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
