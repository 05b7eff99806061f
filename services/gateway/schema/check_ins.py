"""Check-ins: questions to patients, and their answers."""

from collections.abc import Sequence
from typing import Final

import graphene

from services.contracts.check_ins import AnswerCheckIn, CheckInRecord, CheckInReply, ListCheckIns
from services.contracts.reminders import EnrollmentRecord
from services.contracts.words import CheckInLevel
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import SEES_CARE, STAFF_UP
from services.gateway.schema.catalog.content import ContentBlock
from services.gateway.schema.commands import Entity, carry_out, refused
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    at_root,
    field,
    id_field,
    input_field,
    list_of,
    required,
)
from services.gateway.schema.inputs import invalid, text_faults
from services.gateway.schema.payloads import payload_type
from services.gateway.schema.private import fetch_each, named_by, personal
from services.gateway.schema.scalars import DateTime

CheckInLevelEnum = described(
    CheckInLevel,
    "How an answer to a check-in was rated. WAITING and UNREACHED mean that there is no answer.",
    {
        "WAITING": "Nobody has answered yet.",
        "GREEN": "All is well.",
        "AMBER": "Somebody should look at it today.",
        "RED": "Somebody must act now.",
        "UNCLEAR": "A person must read the answer.",
        "UNREACHED": "Nobody answered in time, or the question did not arrive.",
    },
)


class CheckInOption(ObjectType, access=SEES_CARE):
    """One answer to choose."""

    value = field(required(graphene.String), "The value to answer with.")
    label = field(required(graphene.String), "What it means.")


class CheckIn(ObjectType, interfaces=(Node,), access=SEES_CARE):
    """A question to a patient, and its answer."""

    id = id_field("CheckIn", SEES_CARE)
    reminder = field(
        "services.gateway.schema.reminders.types.Reminder",
        "The reminder that asked the question.",
        named_by("reminder_id", "Reminder", SEES_CARE),
    )
    question = field(required(graphene.String), "What was asked.")
    options = field(list_of(CheckInOption), "The possible answers.")
    closes_at = field(
        required(DateTime), "When the check-in closes. Without an answer by then it is UNREACHED."
    )
    answer = field(
        graphene.String,
        "The latest answer; null if there is none yet, or if it was purged.",
        personal("answer"),
    )
    answered_via = field(graphene.String, "How the answer arrived: SMS, PAGE or STAFF.")
    answered_at = field(DateTime, "When the answer was given.")
    level = field(required(CheckInLevelEnum), "The most urgent rating of any answer.")
    escalation = field(
        "services.gateway.schema.escalations.Escalation",
        "The escalation that it opened, if any.",
        named_by("escalation_id", "Escalation", SEES_CARE),
    )


async def check_ins_of(
    enrollments: Sequence[EnrollmentRecord], _args: Args, request: GatewayRequest
) -> list[Sequence[CheckInRecord] | None]:
    """List the check-ins of each enrollment, asking once for each."""

    async def find(numbers: Sequence[int]) -> Sequence[Sequence[CheckInRecord]]:
        question = ListCheckIns(scope=request.scope, enrollment_ids=tuple(numbers))
        return await request.client.ask(question)

    return await fetch_each([enrollment.id for enrollment in enrollments], find)


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
