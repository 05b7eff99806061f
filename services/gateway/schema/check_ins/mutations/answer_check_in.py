import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts.catalog import ContentBlock as Block
from services.contracts.check_ins import AnswerCheckIn, CheckInRecord
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.check_ins.types import KIND, CheckIn
from services.gateway.schema.commands import carry_out
from services.gateway.schema.content.values import ContentBlock
from services.gateway.schema.fields import (
    argument,
    attribute,
    field,
    input_field,
    list_of,
    required,
)
from services.gateway.schema.payloads import payload_type
from services.gateway.schema.refusals.values import UserError, invalid, not_found, user_errors
from services.gateway.schema.texts import text_faults


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


@dataclasses.dataclass(frozen=True, slots=True)
class CheckInResult:
    check_in: CheckInRecord | None = None
    guidance: Sequence[Block] = ()
    user_errors: Sequence[UserError] = ()


CheckInPayload = payload_type(
    "CheckInPayload",
    "The result of recording an answer.",
    STAFF_UP,
    check_in=field(
        CheckIn, "The updated check-in; null if refused.", attribute("check_in", STAFF_UP)
    ),
    guidance=field(
        list_of(ContentBlock),
        "What to tell the patient: after RED, what to do now.",
        attribute("guidance", STAFF_UP),
    ),
)


async def _answer(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[CheckInResult]:
    data = args["input"]
    answer = " ".join(data["answer"].split())
    texts = {**data, "answer": answer}
    faults: list[UserError] = [*text_faults(texts, ("answer", "idempotency_key"))]
    if not answer:
        faults.append(invalid("Say what was answered.", "answer"))
    if faults:
        return [CheckInResult(user_errors=faults)]
    check_in_id = ids.decode_number(KIND, data["check_in_id"])
    if check_in_id is None:
        error = not_found("There is no such check-in.", "checkInId")
        return [CheckInResult(user_errors=[error])]
    command = AnswerCheckIn(
        scope=request.scope,
        check_in_id=check_in_id,
        answer=answer,
        idempotency_key=data.get("idempotency_key"),
    )
    reply = await carry_out(command, request)
    return [CheckInResult(reply.check_in, reply.guidance, user_errors(reply.refusals, KIND))]


answer_check_in = field(
    CheckInPayload,
    "Record the answer that a patient gave to a member of staff. RED alerts the clinic at once.",
    Batched(_answer, STAFF_UP),
    input=argument(required(AnswerCheckInInput), "The answer."),
)
