"""Aftercare plans, and their sign-off by clinicians."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Final

import graphene

from services.contracts import catalog
from services.contracts.catalog import StepKind
from services.contracts.content import FindReviews, GetClinicPlan, PlanReview, SignOffPlan
from services.contracts.errors import Refusal, UserErrorCode
from services.gateway.execution.batched import Batched, FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import CLINICIANS, PUBLIC
from services.gateway.schema.catalog.content import (
    ChannelEnum,
    Content,
    ContentBlock,
    PurposeEnum,
    RedFlag,
    Source,
    locale_argument,
    slug_argument,
)
from services.gateway.schema.catalog.edition import edition_for
from services.gateway.schema.commands import carry_out
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    at_root,
    field,
    input_field,
    list_of,
    mapped,
    required,
)
from services.gateway.schema.inputs import struct_of, text_faults
from services.gateway.schema.payloads import payload_type
from services.gateway.schema.private import fetch_each
from services.gateway.schema.scalars import DateTime, Duration, LocalTime
from services.gateway.snapshot.snapshot import Edition, LocalizedEntry

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


def plan_by_slug(
    args: Args, request: GatewayRequest
) -> LocalizedPlan | Awaitable[LocalizedPlan] | None:
    """Return the catalog's plan from memory; for a clinic, ask content for the clinic's own."""
    edition = edition_for(request, args)
    plan = edition.plans.get(args["slug"])
    if plan is None or args.get("version") not in {None, plan.entry.version}:
        return None
    is_public = request.viewer.clinic_id is None
    return plan if is_public else plan_of_clinic(plan.entry.slug, edition, request)


async def plan_of_clinic(slug: str, edition: Edition, request: GatewayRequest) -> LocalizedPlan:
    """Return a plan of the catalog with the values of the viewer's clinic.

    Raises FieldRefused, CATALOG_UNAVAILABLE, while a release is being replaced: one response reads
    one release only.
    """
    clinic_id = request.viewer.clinic_id
    base = edition.plans[slug]
    if clinic_id is None:
        return base
    clinic_plan = await request.client.ask(
        GetClinicPlan(clinic_id=clinic_id, slug=slug, locale=edition.locale)
    )
    if clinic_plan is None or clinic_plan.release != edition.info.version:
        raise FieldRefused(
            "CATALOG_UNAVAILABLE", "The catalog is being replaced. Try again in a few seconds."
        )
    return edition.localize(clinic_plan.plan) if clinic_plan.plan.overlay_version else base


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


class PlanQueries:
    aftercare_plan = field(
        AftercarePlan,
        "One plan of the current catalog; with a clinic's credential, including the "
        "clinic's own values. Null if no plan has this slug and version.",
        at_root(plan_by_slug),
        slug=slug_argument(),
        version=argument(graphene.Int, "Return the plan only if the catalog has this version."),
        locale=locale_argument(),
    )


class SignOffPlanInput(graphene.InputObjectType):
    """A plan that a clinician has read in every locale, with their clinic's own values."""

    plan = input_field(required(graphene.String), "Slug of the plan.")
    version = input_field(required(graphene.Int), "The `version` that was read.")
    content_hash = input_field(required(graphene.String), "The `contentHash` of what was read.")
    registration = input_field(
        graphene.String, "Your registration number, if your clinic records it."
    )


@dataclass(frozen=True, slots=True)
class SignOffResult:
    review: PlanReview | None = None
    refusals: Sequence[Refusal] = ()


SignOffPayload = payload_type(
    "SignOffPayload",
    "The result of a sign-off.",
    CLINICIANS,
    "AftercarePlan",
    review=field(ClinicalReview, "The sign-off that is in force."),
)

_TEXTS: Final = ("plan", "content_hash", "registration")
_NOBODYS_KEY: Final = Refusal(
    code=UserErrorCode.NOT_ALLOWED,
    message="A plan is signed off by a person, and this key names none. Have a key of your own made"
    " (afterglow keys create --role CLINICIAN --person NAME), and sign with that.",
)


async def _sign_off(args: Args, request: GatewayRequest) -> SignOffResult:
    data, scope = args["input"], request.scope
    if faults := text_faults(data, _TEXTS):
        return SignOffResult(refusals=faults)
    if request.viewer.person is None:
        return SignOffResult(refusals=[_NOBODYS_KEY])
    signer = {"clinic_id": scope.clinic_id, "mode": scope.mode, "actor": scope.actor}
    command = struct_of(SignOffPlan, data, reviewer=request.viewer.person, **signer)
    reply = await carry_out(command, request)
    return SignOffResult(reply.review, [reply.refusal] if reply.refusal else [])


sign_off_plan = field(
    SignOffPayload,
    "Sign off the content of a plan for your clinic's patients, as you have read it. "
    "Signing the same content again keeps the first sign-off. In production, patients "
    "can be enrolled only in plans that are signed off.",
    at_root(_sign_off, CLINICIANS),
    input=argument(required(SignOffPlanInput), "What was read."),
)
