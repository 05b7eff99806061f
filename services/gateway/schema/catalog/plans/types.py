"""Aftercare plans, and their sign-off by clinicians."""

from collections.abc import Sequence

import graphene

from services.contracts import catalog
from services.contracts.catalog import StepKind
from services.contracts.content import FindReviews, PlanReview
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import PUBLIC
from services.gateway.schema.catalog.content import (
    ChannelEnum,
    Content,
    ContentBlock,
    PurposeEnum,
    RedFlag,
    Source,
)
from services.gateway.schema.enums import described
from services.gateway.schema.fields import Args, Node, ObjectType, field, list_of, mapped, required
from services.gateway.schema.private import fetch_each
from services.gateway.schema.scalars import DateTime, Duration, LocalTime
from services.gateway.snapshot.snapshot import LocalizedEntry

StepKindEnum = described(
    StepKind,
    "What a step of a plan is for.",
    {
        "PREPARE": "Getting ready for the procedure.",
        "CARE": "Looking after the skin.",
        "CHECK_IN": "Asking how it goes.",
        "FOLLOW_UP": "Seeing the clinic again.",
        "REBOOK": "The next session; marketing.",
        "CLINICIAN_TASK": "A task for the clinic's staff; nothing is sent.",
    },
)


class ClinicalReview(graphene.ObjectType):
    """A plan that a clinician of your clinic has read in every locale and signed off."""

    reviewer = field(required(graphene.String), "The name of the clinician who signed.")
    registration = field(graphene.String, "Their registration number, as they entered it.")
    reviewed_at = field(required(DateTime), "When.")
    content_hash = field(
        required(graphene.String),
        "The `contentHash` that was signed off. No other content is signed.",
    )


LocalizedPlan = LocalizedEntry[catalog.AftercarePlan]


async def reviews_of(
    plans: Sequence[LocalizedPlan], _args: Args, request: GatewayRequest
) -> list[PlanReview | None]:
    """Return the sign-offs of the viewer's clinic, for all plans in one ask."""
    clinic_id = request.viewer.clinic_id
    if clinic_id is None:
        return [None] * len(plans)

    async def find(hashes: Sequence[str]) -> Sequence[PlanReview | None]:
        question = FindReviews(clinic_id=clinic_id, content_hashes=tuple(hashes))
        return await request.client.ask(question)

    return await fetch_each([plan.entry.content_hash for plan in plans], find)


def procedures_of(plan: LocalizedPlan) -> Sequence[LocalizedEntry[catalog.Procedure]]:
    return plan.edition.find_procedures(plan.entry.procedures)


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


class AftercarePlan(ObjectType, interfaces=(Node, Content), source="entry"):
    """What to do before and after a procedure, and when."""

    version = field(
        required(graphene.Int),
        "Increases with every change. An enrollment keeps the version it started with.",
    )
    overlay_version = field(
        required(graphene.Int),
        "The version of your clinic's own values for this plan version; 0 if it has none.",
    )
    content_hash = field(
        required(graphene.String),
        "A hash of the plan's full content in every locale, including your clinic's own "
        "values. A clinician signs off this hash; it changes with any change of content.",
    )
    clinical_review = field(
        ClinicalReview,
        "The sign-off of exactly this content by a clinician of your clinic; null if "
        "there is none. Always null for a request without a clinic.",
        Batched(reviews_of, PUBLIC),
    )
    procedures = field(
        list_of("services.gateway.schema.catalog.procedures.Procedure"),
        "The procedures that the plan is for.",
        mapped(procedures_of),
    )
    steps = field(list_of(AftercareStep), "The steps in order of time.")
