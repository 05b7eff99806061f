import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.content.enums import ChannelEnum, PurposeEnum
from services.gateway.schema.content.types import Content
from services.gateway.schema.content.values import ContentBlock, RedFlag, Source
from services.gateway.schema.fields import attribute, field, list_of, mapped, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.plans import resolvers
from services.gateway.schema.plans.enums import StepKindEnum
from services.gateway.schema.plans.reviews import ClinicalReview
from services.gateway.schema.scalars.times import Duration, LocalTime


class AftercareStep(graphene.ObjectType):
    """One thing to tell the patient, or one thing for staff to see to."""

    key = field(required(graphene.String), "Stable name within the plan.")
    kind = field(required(StepKindEnum), "What it is for.")
    purpose = field(required(PurposeEnum), "The purpose that consent is needed for.")
    title = field(required(graphene.String), "What it is about.")
    body = field(list_of(ContentBlock), "The full text.")
    after = field(
        Duration,
        "Elapsed: before the start (negative) or after the end of the procedure; "
        "null for a calendar step.",
    )
    day = field(graphene.Int, "Calendar day relative to the procedure; null for an elapsed step.")
    at = field(LocalTime, "Local time on that day; null for an elapsed step.")
    useful_for = field(required(Duration), "Past this it is not sent any more.")
    channels = field(list_of(ChannelEnum), "The channels it is sent on.")
    seek_help_if = field(list_of(RedFlag), "Signs that call for help.")
    sources = field(list_of(Source), "What the step rests on.")
    spread = field(graphene.String, "What disagreeing sources say about the interval.")


class AftercarePlan(ObjectType, interfaces=(Node, Content)):
    """What to do before and after a procedure, and when."""

    version = field(
        required(graphene.Int),
        "Rises with every change; enrollments pin it.",
        attribute("entry.version"),
    )
    overlay_version = field(
        required(graphene.Int),
        "Counts the values of its own that the asking clinic has laid on this version; 0: none.",
        attribute("entry.overlay_version"),
    )
    content_hash = field(
        required(graphene.String),
        "Of all that the plan says, in every locale, with the clinic's own values: what a "
        "clinician signs. Whatever changes, it is another.",
        attribute("entry.content_hash"),
    )
    clinical_review = field(
        ClinicalReview,
        "Null until a clinician of the asking clinic has signed off just this; always null for "
        "who asks for no clinic.",
        Batched(resolvers.reviews_of, PUBLIC),
    )
    procedures = field(
        list_of("services.gateway.schema.procedures.types.Procedure"),
        "The procedures it is made for.",
        mapped(resolvers.procedures_of),
    )
    steps = field(list_of(AftercareStep), "In the order of their time.", attribute("entry.steps"))
