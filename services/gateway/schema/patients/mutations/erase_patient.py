import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

import graphene

from services.contracts.privacy import ErasePatient
from services.contracts.words import Role
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import RoleRule
from services.gateway.schema.commands import carry_out
from services.gateway.schema.fields import (
    argument,
    attribute,
    field,
    input_field,
    required,
)
from services.gateway.schema.payloads import payload_type
from services.gateway.schema.refusals.values import UserError, not_found, user_errors
from services.gateway.schema.texts import text_faults

_ADMINS: Final = RoleRule(frozenset({Role.ADMIN}))


class ErasePatientInput(graphene.InputObjectType):
    """A patient to erase."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    reason = input_field(
        required(graphene.String), "The reason, without the patient's name. It is stored encrypted."
    )


@dataclasses.dataclass(frozen=True, slots=True)
class EraseResult:
    patient_id: str | None = None
    erased: bool = False
    user_errors: Sequence[UserError] = ()


ErasePatientPayload = payload_type(
    "ErasePatientPayload",
    "The result of erasing a patient.",
    _ADMINS,
    patient_id=field(
        graphene.ID, "The erased patient; null if refused.", attribute("patient_id", _ADMINS)
    ),
    erased=field(
        required(graphene.Boolean), "Whether the patient was erased.", attribute("erased", _ADMINS)
    ),
)


async def _erase(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[EraseResult]:
    data = args["input"]
    faults = text_faults(data, ["reason"])
    if faults:
        return [EraseResult(user_errors=faults)]
    number = ids.decode_number("Patient", data["patient_id"])
    if number is None:
        return [EraseResult(user_errors=[not_found("There is no such patient.", "patientId")])]
    command = ErasePatient(scope=request.scope, patient_id=number, reason=data["reason"])
    reply = await carry_out(command, request)
    if reply.refusals:
        return [EraseResult(user_errors=user_errors(reply.refusals, "Patient"))]
    return [EraseResult(data["patient_id"], erased=True)]


erase_patient = field(
    ErasePatientPayload,
    "Erase a patient's identity and messages permanently. Counts, proof of consent "
    "and opt-outs are kept without identifying anyone.",
    Batched(_erase, _ADMINS),
    input=argument(required(ErasePatientInput), "The patient and the reason."),
)
