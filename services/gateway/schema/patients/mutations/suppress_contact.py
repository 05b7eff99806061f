from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts.replies import SuppressContact
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.patients.inputs import patient_given
from services.gateway.schema.patients.payload import PatientPayload, PatientResult, result_of


class SuppressContactInput(graphene.InputObjectType):
    """An address of a patient's that must not be used."""

    patient_id = input_field(must(graphene.ID), "Whose it is.")
    channel = input_field(must(ChannelEnum), "Which of their addresses.")
    reason = input_field(must(graphene.String), "Why; kept for audit.")


async def _suppress(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PatientResult]:
    given = args["input"]
    patient_id, faults = patient_given(given, "reason")
    if patient_id is None or faults:
        return [PatientResult(user_errors=faults)]
    command = SuppressContact(
        scope=request.scope,
        patient_id=patient_id,
        channel=given["channel"],
        reason=given["reason"],
    )
    reply = await request.calls.replies.suppress_contact(
        command, command_id=command_id(request, command)
    )
    return [result_of(reply, request)]


suppress_contact = field(
    PatientPayload,
    "Stop using an address of a patient's, until it is lifted.",
    Batched(_suppress, STAFF_UP),
    input=argument(must(SuppressContactInput), "The address."),
)
