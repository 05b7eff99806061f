"""What mutations of single reminders answer."""

import dataclasses
from collections.abc import Sequence
from typing import Final

import graphene

from services.contracts.enrollments import ReminderReply
from services.contracts.reminders import ReminderRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Subject
from services.gateway.schema.fields import field, reads, some
from services.gateway.schema.refusals.types import UserError
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.refusals.values import user_errors
from services.gateway.schema.reminders.types import Reminder


@dataclasses.dataclass(frozen=True, slots=True)
class ReminderResult:
    reminder: ReminderRecord | None = None
    user_errors: Sequence[Refused] = ()


class ReminderPayload(graphene.ObjectType):
    """What became of a mutation of a reminder."""

    reminder = field(
        Reminder,
        "The reminder as it is now, or the one that follows it; null when refused.",
        reads("reminder", STAFF_UP),
    )
    user_errors = field(
        some(UserError), "Why it was refused; empty when done.", reads("user_errors", STAFF_UP)
    )


def _result(reply: ReminderReply, _request: GatewayRequest) -> ReminderResult:
    return ReminderResult(reply.reminder, user_errors(reply.refusals, "Reminder"))


REMINDER: Final = Subject(
    "Reminder", "reminder", _result, lambda errors: ReminderResult(user_errors=errors)
)
