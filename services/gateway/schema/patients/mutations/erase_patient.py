from typing import Final

import graphene

from services.contracts.privacy import ErasePatient, EraseReply
from services.contracts.words import Role
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import RoleRule
from services.gateway.schema.commands import PATIENT, carry_out, refused
from services.gateway.schema.fields import (
    Args,
    argument,
    at_root,
    field,
    input_field,
    mapped,
    required,
)
from services.gateway.schema.inputs import text_faults
from services.gateway.schema.payloads import payload_type

_ADMINS: Final = RoleRule(frozenset({Role.ADMIN}))


class ErasePatientInput(graphene.InputObjectType):
    """A patient to erase."""

    patient_id = input_field(required(graphene.ID), "The patient.")
    reason = input_field(
        required(graphene.String), "The reason, without the patient's name. It is stored encrypted."
    )


def _erased_id(reply: EraseReply) -> str | None:
    return None if reply.patient_id is None else ids.encode("Patient", reply.patient_id)


ErasePatientPayload = payload_type(
    "ErasePatientPayload",
    "The result of erasing a patient.",
    _ADMINS,
    "Patient",
    patient_id=field(
        graphene.ID, "The erased patient; null if refused.", mapped(_erased_id, _ADMINS)
    ),
    erased=field(
        required(graphene.Boolean),
        "Whether the patient was erased.",
        mapped(lambda reply: not reply.refusals, _ADMINS),
    ),
)


async def _erase(args: Args, request: GatewayRequest) -> EraseReply:
    data = args["input"]
    faults = text_faults(data, ["reason"]) or PATIENT.faults(data)
    if faults:
        return refused(ErasePatient, faults)
    return await carry_out(PATIENT.command(ErasePatient, data, request), request)


erase_patient = field(
    ErasePatientPayload,
    "Erase a patient's identity and messages permanently. Counts, proof of consent "
    "and opt-outs are kept without identifying anyone.",
    at_root(_erase, _ADMINS),
    input=argument(required(ErasePatientInput), "The patient and the reason."),
)
