import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.content.enums import ChannelEnum, PurposeEnum
from services.gateway.schema.content.types import Content
from services.gateway.schema.content.values import ContentBlock, RedFlag, Source
from services.gateway.schema.fields import each, field, must, reads, some
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.plans import resolvers
from services.gateway.schema.plans.enums import StepKindEnum
from services.gateway.schema.plans.reviews import ClinicalReview
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
    overlay_version = field(
        must(graphene.Int),
        "Counts the values of its own that the asking clinic has laid on this version; 0: none.",
        reads("entry.overlay_version"),
    )
    content_hash = field(
        must(graphene.String),
        "Of all that the plan says, in every locale, with the clinic's own values: what a "
        "clinician signs. Whatever changes, it is another.",
        reads("entry.content_hash"),
    )
    clinical_review = field(
        ClinicalReview,
        "Null until a clinician of the asking clinic has signed off just this; always null for "
        "who asks for no clinic.",
        Batched(resolvers.reviews_of, PUBLIC),
    )
    procedures = field(
        some("services.gateway.schema.procedures.types.Procedure"),
        "The procedures it is made for.",
        each(resolvers.procedures_of),
    )
    steps = field(some(AftercareStep), "In the order of their time.", reads("entry.steps"))
