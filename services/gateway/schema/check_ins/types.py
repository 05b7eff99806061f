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

    value = field(required(graphene.String), "What to answer with.", care("value"))
    label = field(required(graphene.String), "What it means.", care("label"))


class CheckIn(ObjectType, interfaces=(Node,)):
    """A question that was put to a patient, and what came of it."""

    id = field(
        required(graphene.ID),
        "Opaque, unique in the whole service.",
        mapped(lambda check_in: ids.encode(KIND, check_in.id), SEES_CARE),
    )
    reminder = field(
        "services.gateway.schema.reminders.types.Reminder",
        "The reminder that asked.",
        Batched(about.reminders_of, SEES_CARE),
    )
    question = field(required(graphene.String), "What was asked.", care("question"))
    options = field(list_of(CheckInOption), "The answers to choose from.", care("options"))
    closes_at = field(
        required(DateTime), "Afterwards silence counts as UNREACHED.", care("closes_at")
    )
    answer = field(
        graphene.String, "What was said last. Null before, and once purged.", personal("answer")
    )
    answered_via = field(graphene.String, "How it came: SMS, PAGE or STAFF.", care("answered_via"))
    answered_at = field(DateTime, "When it was said.", care("answered_at"))
    level = field(required(CheckInLevelEnum), "The worst that was said.", care("level"))
    escalation = field(
        "services.gateway.schema.escalations.types.Escalation",
        "What was opened for it, if anything.",
        Batched(about.escalations_of, SEES_CARE),
    )
