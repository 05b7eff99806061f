"""Check-ins: questions to patients, and their answers."""

from collections.abc import Sequence

import graphene

from services.contracts.check_ins import CheckInRecord, ListCheckIns
from services.contracts.reminders import EnrollmentRecord
from services.contracts.words import CheckInLevel
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    field,
    id_field,
    list_of,
    required,
)
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
    answered_via = field(graphene.String, "How the answer arrived: SMS, EMAIL, PAGE or STAFF.")
    answered_at = field(DateTime, "When the answer was given.")
    level = field(required(CheckInLevelEnum), "The most urgent rating of any answer.")
    escalation = field(
        "services.gateway.schema.escalations.types.Escalation",
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
