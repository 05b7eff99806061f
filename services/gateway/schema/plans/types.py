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
    """A message to the patient, or a task for staff."""

    key = field(required(graphene.String), "A stable name within the plan.")
    kind = field(required(StepKindEnum), "What it is for.")
    purpose = field(required(PurposeEnum), "The purpose for which consent is needed.")
    title = field(required(graphene.String), "What it is about.")
    body = field(list_of(ContentBlock), "The full text.")
    after = field(
        Duration,
        "Time before the start (negative) or after the end of the procedure; null for a "
        "calendar step.",
    )
    day = field(graphene.Int, "Calendar day relative to the procedure; null for an elapsed step.")
    at = field(LocalTime, "Local time on that day; null for an elapsed step.")
    useful_for = field(required(Duration), "How long after its due time it can still be sent.")
    channels = field(list_of(ChannelEnum), "The channels it is sent on.")
    seek_help_if = field(list_of(RedFlag), "Signs that need medical help.")
    sources = field(list_of(Source), "Sources of the step.")
    spread = field(graphene.String, "What sources say about the interval, where they disagree.")


class AftercarePlan(ObjectType, interfaces=(Node, Content)):
    """What to do before and after a procedure, and when."""

    version = field(
        required(graphene.Int),
        "Increases with every change. An enrollment keeps the version it started with.",
        attribute("entry.version"),
    )
    overlay_version = field(
        required(graphene.Int),
        "The version of your clinic's own values for this plan version; 0 if it has none.",
        attribute("entry.overlay_version"),
    )
    content_hash = field(
        required(graphene.String),
        "A hash of the plan's full content in every locale, including your clinic's own "
        "values. A clinician signs off this hash; it changes with any change of content.",
        attribute("entry.content_hash"),
    )
    clinical_review = field(
        ClinicalReview,
        "The sign-off of exactly this content by a clinician of your clinic; null if "
        "there is none. Always null for a request without a clinic.",
        Batched(resolvers.reviews_of, PUBLIC),
    )
    procedures = field(
        list_of("services.gateway.schema.procedures.types.Procedure"),
        "The procedures that the plan is for.",
        mapped(resolvers.procedures_of),
    )
    steps = field(list_of(AftercareStep), "The steps in order of time.", attribute("entry.steps"))
