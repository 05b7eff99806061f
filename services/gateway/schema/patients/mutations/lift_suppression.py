from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts.replies import LiftSuppression
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.patients.inputs import patient_given
from services.gateway.schema.patients.payload import PatientPayload, PatientResult, result_of


class LiftSuppressionInput(graphene.InputObjectType):
    """An address of a patient's that may be used again."""

    patient_id = input_field(must(graphene.ID), "Whose it is.")
    channel = input_field(must(ChannelEnum), "Which of their addresses.")
    evidence = input_field(must(graphene.String), "How you know that it works; kept for audit.")


async def _lift(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PatientResult]:
    given = args["input"]
    patient_id, faults = patient_given(given, "evidence")
    if patient_id is None or faults:
        return [PatientResult(user_errors=faults)]
    command = LiftSuppression(
        scope=request.scope,
        patient_id=patient_id,
        channel=given["channel"],
        evidence=given["evidence"],
    )
    reply = await request.calls.replies.lift_suppression(
        command, command_id=command_id(request, command)
    )
    return [result_of(reply, request)]


lift_suppression = field(
    PatientPayload,
    "Use an address again. Refused, OPTED_OUT, where its owner opted out: only a message from "
    "that address can undo that.",
    Batched(_lift, STAFF_UP),
    input=argument(must(LiftSuppressionInput), "The address."),
)
