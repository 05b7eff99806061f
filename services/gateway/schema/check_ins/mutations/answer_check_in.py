from typing import Final

import graphene

from services.contracts.check_ins import AnswerCheckIn, CheckInReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.catalog.content import ContentBlock
from services.gateway.schema.check_ins.types import CheckIn
from services.gateway.schema.commands import Entity, carry_out, refused
from services.gateway.schema.fields import (
    Args,
    argument,
    at_root,
    field,
    input_field,
    list_of,
    required,
)
from services.gateway.schema.inputs import invalid, text_faults
from services.gateway.schema.payloads import payload_type


class AnswerCheckInInput(graphene.InputObjectType):
    """A patient's answer, recorded by staff."""

    check_in_id = input_field(required(graphene.ID), "The check-in.")
    answer = input_field(
        required(graphene.String),
        "The value or label of an option, or the patient's own words, which are never rated GREEN.",
    )
    idempotency_key = input_field(
        graphene.String,
        "Send the same key to repeat the request safely: the answer is recorded once.",
    )


CheckInPayload = payload_type(
    "CheckInPayload",
    "The result of recording an answer.",
    STAFF_UP,
    "CheckIn",
    check_in=field(CheckIn, "The updated check-in; null if refused."),
    guidance=field(list_of(ContentBlock), "What to tell the patient: after RED, what to do now."),
)

_CHECK_IN: Final = Entity("CheckIn", "check-in")


async def _answer(args: Args, request: GatewayRequest) -> CheckInReply:
    data = {**args["input"], "answer": " ".join(args["input"]["answer"].split())}
    faults = text_faults(data, ("answer", "idempotency_key"))
    if not data["answer"]:
        faults.append(invalid("Say what was answered.", "answer"))
    faults = faults or _CHECK_IN.faults(data)
    if faults:
        return refused(AnswerCheckIn, faults)
    return await carry_out(_CHECK_IN.command(AnswerCheckIn, data, request), request)


answer_check_in = field(
    CheckInPayload,
    "Record the answer that a patient gave to a member of staff. RED alerts the clinic at once.",
    at_root(_answer, STAFF_UP),
    input=argument(required(AnswerCheckInInput), "The answer."),
)
