import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.content import PlanReview, SignOffPlan, SignOffReply
from services.contracts.errors import UserErrorCode
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import CLINICIANS
from services.gateway.schema.commands import carry_out
from services.gateway.schema.fields import argument, field, input_field, must, reads, some
from services.gateway.schema.plans.reviews import ClinicalReview
from services.gateway.schema.refusals.types import UserError
from services.gateway.schema.refusals.values import InputError, user_errors
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.texts import text_faults


class SignOffPlanInput(graphene.InputObjectType):
    """A plan that a clinician has read, as their clinic has it, in every locale."""

    plan = input_field(must(graphene.String), "Slug of the plan.")
    version = input_field(must(graphene.Int), "The `version` that was read.")
    content_hash = input_field(must(graphene.String), "The `contentHash` of what was read.")
    registration = input_field(
        graphene.String, "Under which number you are registered, where your clinic keeps that."
    )


@dataclasses.dataclass(frozen=True, slots=True)
class SignOffResult:
    review: PlanReview | None = None
    user_errors: Sequence[Refused] = ()


class SignOffPayload(graphene.ObjectType):
    """What became of a sign-off."""

    review = field(ClinicalReview, "The review that stands.", reads("review", CLINICIANS))
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", CLINICIANS)
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
) -> list[SignOffResult]:
    given, viewer = args["input"], request.viewer
    if faults := text_faults(given, _TEXTS):
        return [SignOffResult(user_errors=faults)]
    if viewer.person is None:
        return [SignOffResult(user_errors=[_NOBODYS_KEY])]
    scope = request.scope
    command = SignOffPlan(
        clinic_id=scope.clinic_id,
        plan=given["plan"],
        version=given["version"],
        content_hash=given["content_hash"],
        reviewer=viewer.person,
        registration=given.get("registration"),
        mode=scope.mode,
        actor=scope.actor,
    )
    return [_result_of(await carry_out(command, request))]


def _result_of(reply: SignOffReply) -> SignOffResult:
    refusals = () if reply.refusal is None else (reply.refusal,)
    return SignOffResult(reply.review, user_errors(refusals, "AftercarePlan"))


sign_off_plan = field(
    SignOffPayload,
    "Sign off what a plan says to your clinic's patients, as you have read it. Signing the same "
    "twice keeps the first; in production nobody is enrolled in what is not signed.",
    Batched(_sign_off, CLINICIANS),
    input=argument(must(SignOffPlanInput), "What was read."),
)
