"""The payload of mutations of single reminders."""

from typing import Final

from services.contracts.enrollments import ReminderReply
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import EntityMutation
from services.gateway.schema.payloads import Result, record_payload
from services.gateway.schema.refusals.values import user_errors
from services.gateway.schema.reminders.resolvers import KIND
from services.gateway.schema.reminders.types import Reminder

ReminderPayload = record_payload(
    Reminder,
    "reminder",
    "The updated reminder, or the new one that replaces it; null if refused.",
    STAFF_UP,
)


def _result(reply: ReminderReply, _request: GatewayRequest) -> object:
    return Result(reply.reminder, user_errors(reply.refusals, KIND))


REMINDER: Final = EntityMutation(KIND, "reminder", _result)
