import graphene

from services.gateway.schema.content.enums import SkinTypeEnum, StandingEnum
from services.gateway.schema.content.values import Source
from services.gateway.schema.fields import field, input_field, list_of, required
from services.gateway.schema.procedures.types import Procedure


class ProcedureNeeds(graphene.InputObjectType):
    """What somebody wants and has. Unknown codes are refused, not ignored."""

    concerns = input_field(list_of(graphene.String), "Slugs of concerns.")
    skin_type = input_field(SkinTypeEnum, "Fitzpatrick type; without it nothing is sure.")
    max_downtime_days = input_field(graphene.Int, "Days they can stay away.")
    max_discomfort = input_field(graphene.Int, "From 0 to 10, with the usual anesthesia.")
    max_sessions = input_field(graphene.Int, "Sessions they would come to.")
    conditions = input_field(
        graphene.List(required(graphene.String)),
        "Codes of `contraindications` that apply; an empty list when none does.",
    )


class OptionReason(graphene.ObjectType):
    """Something that speaks for or against a procedure."""

    text = field(required(graphene.String), "The reason, ready to show.")
    favorable = field(required(graphene.Boolean), "Whether it speaks for the procedure.")
    sources = field(list_of(Source), "What it rests on.")


class ProcedureOption(graphene.ObjectType):
    """A procedure in view of somebody's needs."""

    procedure = field(required(Procedure), "The procedure.")
    standing = field(required(StandingEnum), "The most cautious of what its reasons say.")
    score = field(
        required(graphene.Float),
        "How well it meets the needs, from 0 to 1. It says nothing of risk.",
    )
    reasons = field(list_of(OptionReason), "Everything that speaks for and against it.")
