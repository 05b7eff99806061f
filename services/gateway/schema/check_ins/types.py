from typing import Final

import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import about, ids
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.check_ins.enums import CheckInLevelEnum
from services.gateway.schema.fields import field, list_of, mapped, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.private import care, personal
from services.gateway.schema.scalars.times import DateTime

KIND: Final = "CheckIn"


class CheckInOption(graphene.ObjectType):
    """One answer to choose."""

    value = field(required(graphene.String), "The value to answer with.", care("value"))
    label = field(required(graphene.String), "What it means.", care("label"))


class CheckIn(ObjectType, interfaces=(Node,)):
    """A question to a patient, and its answer."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda check_in: ids.encode(KIND, check_in.id), SEES_CARE),
    )
    reminder = field(
        "services.gateway.schema.reminders.types.Reminder",
        "The reminder that asked the question.",
        Batched(about.reminders_of, SEES_CARE),
    )
    question = field(required(graphene.String), "What was asked.", care("question"))
    options = field(list_of(CheckInOption), "The possible answers.", care("options"))
    closes_at = field(
        required(DateTime),
        "When the check-in closes. Without an answer by then it is UNREACHED.",
        care("closes_at"),
    )
    answer = field(
        graphene.String,
        "The latest answer; null if there is none yet, or if it was purged.",
        personal("answer"),
    )
    answered_via = field(
        graphene.String, "How the answer arrived: SMS, PAGE or STAFF.", care("answered_via")
    )
    answered_at = field(DateTime, "When the answer was given.", care("answered_at"))
    level = field(
        required(CheckInLevelEnum), "The most urgent rating of any answer.", care("level")
    )
    escalation = field(
        "services.gateway.schema.escalations.types.Escalation",
        "The escalation that it opened, if any.",
        Batched(about.escalations_of, SEES_CARE),
    )
