import graphene

from services.gateway.schema.content.enums import SkinTypeEnum, StandingEnum
from services.gateway.schema.content.values import Source
from services.gateway.schema.fields import field, input_field, list_of, required
from services.gateway.schema.procedures.types import Procedure


class ProcedureNeeds(graphene.InputObjectType):
    """A person's wishes and conditions. Unknown codes are refused, not ignored."""

    concerns = input_field(list_of(graphene.String), "Slugs of concerns.")
    skin_type = input_field(
        SkinTypeEnum, "Fitzpatrick skin type. Without it no suitability is certain."
    )
    max_downtime_days = input_field(graphene.Int, "The most days of downtime they accept.")
    max_discomfort = input_field(
        graphene.Int, "The most discomfort they accept, from 0 to 10, with the usual anesthesia."
    )
    max_sessions = input_field(graphene.Int, "The most sessions they would attend.")
    conditions = input_field(
        graphene.List(required(graphene.String)),
        "Codes of `contraindications` that apply; an empty list if none apply.",
    )


class OptionReason(graphene.ObjectType):
    """A reason for or against a procedure."""

    text = field(required(graphene.String), "The reason, as text that can be shown to users.")
    favorable = field(required(graphene.Boolean), "Whether it is a reason for the procedure.")
    sources = field(list_of(Source), "Sources of the reason.")


class ProcedureOption(graphene.ObjectType):
    """A procedure, assessed for a person's needs."""

    procedure = field(required(Procedure), "The procedure.")
    standing = field(required(StandingEnum), "The most cautious standing of its reasons.")
    score = field(
        required(graphene.Float),
        "How well it meets the needs, from 0 to 1. It does not consider risk.",
    )
    reasons = field(list_of(OptionReason), "All reasons for and against it.")
