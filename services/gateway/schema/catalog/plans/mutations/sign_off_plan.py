from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import graphene

from services.contracts.content import PlanReview, SignOffPlan
from services.contracts.errors import Refusal, UserErrorCode
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import CLINICIANS
from services.gateway.schema.catalog.plans.types import ClinicalReview
from services.gateway.schema.commands import carry_out
from services.gateway.schema.fields import Args, argument, at_root, field, input_field, required
from services.gateway.schema.inputs import struct_of, text_faults
from services.gateway.schema.payloads import payload_type


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
