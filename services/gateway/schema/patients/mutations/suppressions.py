from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts.replies import LiftSuppression, SuppressContact
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.content.enums import ChannelEnum
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.patients.payload import PatientPayload, PatientResult, result_of
from services.gateway.schema.refusals.values import UserError, not_found
from services.gateway.schema.texts import text_faults


class SuppressContactInput(graphene.InputObjectType):
    """An address of a patient's that must not be used."""

    patient_id = input_field(must(graphene.ID), "Whose it is.")
    channel = input_field(must(ChannelEnum), "Which of their addresses.")
    reason = input_field(must(graphene.String), "Why; kept for audit.")


class LiftSuppressionInput(graphene.InputObjectType):
    """An address of a patient's that may be used again."""

    patient_id = input_field(must(graphene.ID), "Whose it is.")
    channel = input_field(must(ChannelEnum), "Which of their addresses.")
    evidence = input_field(must(graphene.String), "How you know that it works; kept for audit.")


async def _suppress(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PatientResult]:
    given = args["input"]
    patient_id, faults = _read(given, "reason")
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


async def _lift(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[PatientResult]:
    given = args["input"]
    patient_id, faults = _read(given, "evidence")
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


def _read(given: Mapping[str, Any], text: str) -> tuple[int | None, Sequence[UserError]]:
    """The patient's number, and what is wrong with the input."""
    faults: Sequence[UserError] = text_faults(given, {text: text})
    patient_id = ids.decode_number("Patient", given["patient_id"])
    if patient_id is None:
        return None, [*faults, not_found("There is no such patient.", "patientId")]
    return patient_id, faults


suppress_contact = field(
    PatientPayload,
    "Stop using an address of a patient's, until it is lifted.",
    Batched(_suppress, STAFF_UP),
    input=argument(must(SuppressContactInput), "The address."),
)
lift_suppression = field(
    PatientPayload,
    "Use an address again. Refused, OPTED_OUT, where its owner opted out: only a message from "
    "that address can undo that.",
    Batched(_lift, STAFF_UP),
    input=argument(must(LiftSuppressionInput), "The address."),
)
