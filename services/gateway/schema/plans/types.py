import graphene

from services.gateway.schema.content.enums import ChannelEnum, PurposeEnum
from services.gateway.schema.content.types import Content
from services.gateway.schema.content.values import ContentBlock, RedFlag, Source
from services.gateway.schema.fields import each, field, must, reads, some
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.plans import resolvers
from services.gateway.schema.plans.enums import StepKindEnum
from services.gateway.schema.scalars.times import Duration, LocalTime


class AftercareStep(graphene.ObjectType):
    """One thing to tell the patient, or one thing for staff to see to."""

    key = field(must(graphene.String), "Stable name within the plan.")
    kind = field(must(StepKindEnum), "What it is for.")
    purpose = field(must(PurposeEnum), "The purpose that consent is needed for.")
    title = field(must(graphene.String), "What it is about.")
    body = field(some(ContentBlock), "The full text.")
    after = field(
        Duration,
        "Elapsed: before the start (negative) or after the end of the procedure; "
        "null for a calendar step.",
    )
    day = field(graphene.Int, "Calendar day relative to the procedure; null for an elapsed step.")
    at = field(LocalTime, "Local time on that day; null for an elapsed step.")
    useful_for = field(must(Duration), "Past this it is not sent any more.")
    channels = field(some(ChannelEnum), "The channels it is sent on.")
    seek_help_if = field(some(RedFlag), "Signs that call for help.")
    sources = field(some(Source), "What the step rests on.")
    spread = field(graphene.String, "What disagreeing sources say about the interval.")


class AftercarePlan(ObjectType, interfaces=(Node, Content)):
    """What to do before and after a procedure, and when."""

    version = field(
        must(graphene.Int), "Rises with every change; enrollments pin it.", reads("entry.version")
    )
    procedures = field(
        some("services.gateway.schema.procedures.types.Procedure"),
        "The procedures it is made for.",
        each(resolvers.procedures_of),
    )
    steps = field(some(AftercareStep), "In the order of their time.", reads("entry.steps"))
