"""What mutations of single reminders answer, and how each is asked for."""

import dataclasses
from collections.abc import Sequence

import graphene

from services.contracts.enrollments import CancelReminder, RetryReminder, SnoozeReminder
from services.contracts.reminders import ReminderRecord
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import command_id
from services.gateway.schema.fields import field, reads, some
from services.gateway.schema.refusals.types import UserError
from services.gateway.schema.refusals.values import UserError as Refused
from services.gateway.schema.refusals.values import not_found, user_errors
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


async def changed(
    command: SnoozeReminder | CancelReminder | RetryReminder, request: GatewayRequest
) -> list[ReminderResult]:
    reply = await request.calls.enrollments.change_reminder(
        command, command_id=command_id(request, command)
    )
    return [ReminderResult(reply.reminder, user_errors(reply.refusals, "Reminder"))]


def unknown() -> list[ReminderResult]:
    return [ReminderResult(user_errors=[not_found("There is no such reminder.", "reminderId")])]
