from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.content import PlanReview, SignOffPlan, SignOffReply
from services.contracts.errors import UserErrorCode
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import CLINICIANS
from services.gateway.schema.commands import carry_out
from services.gateway.schema.fields import (
    argument,
    attribute,
    field,
    input_field,
    required,
)
from services.gateway.schema.payloads import Result, payload_type
from services.gateway.schema.plans.reviews import ClinicalReview
from services.gateway.schema.refusals.values import InputError, user_errors
from services.gateway.schema.texts import text_faults


class SignOffPlanInput(graphene.InputObjectType):
    """A plan that a clinician has read in every locale, with their clinic's own values."""

    plan = input_field(required(graphene.String), "Slug of the plan.")
    version = input_field(required(graphene.Int), "The `version` that was read.")
    content_hash = input_field(required(graphene.String), "The `contentHash` of what was read.")
    registration = input_field(
        graphene.String, "Your registration number, if your clinic records it."
    )


SignOffPayload = payload_type(
    "SignOffPayload",
    "The result of a sign-off.",
    CLINICIANS,
    review=field(ClinicalReview, "The sign-off that is in force.", attribute("record", CLINICIANS)),
)

_TEXTS: Final = ("plan", "content_hash", "registration")
_NOBODYS_KEY: Final = InputError(
    "A plan is signed off by a person, and this key names none. Have a key of your own made"
    " (afterglow keys create --role CLINICIAN --person NAME), and sign with that.",
    None,
    UserErrorCode.NOT_ALLOWED,
)


async def _sign_off(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[Result[PlanReview]]:
    data, viewer = args["input"], request.viewer
    if faults := text_faults(data, _TEXTS):
        return [Result(user_errors=faults)]
    if viewer.person is None:
        return [Result(user_errors=[_NOBODYS_KEY])]
    scope = request.scope
    command = SignOffPlan(
        clinic_id=scope.clinic_id,
        plan=data["plan"],
        version=data["version"],
        content_hash=data["content_hash"],
        reviewer=viewer.person,
        registration=data.get("registration"),
        mode=scope.mode,
        actor=scope.actor,
    )
    return [_result_of(await carry_out(command, request))]


def _result_of(reply: SignOffReply) -> Result[PlanReview]:
    refusals = () if reply.refusal is None else (reply.refusal,)
    return Result(reply.review, user_errors(refusals, "AftercarePlan"))


sign_off_plan = field(
    SignOffPayload,
    "Sign off the content of a plan for your clinic's patients, as you have read it. "
    "Signing the same content again keeps the first sign-off. In production, patients "
    "can be enrolled only in plans that are signed off.",
    Batched(_sign_off, CLINICIANS),
    input=argument(required(SignOffPlanInput), "What was read."),
)
