from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts.enrollments import CancelReminder
from services.gateway.execution.batched import Batched
from services.gateway.request import GatewayRequest
from services.gateway.schema import ids
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field, input_field, must
from services.gateway.schema.reminders.payload import (
    ReminderPayload,
    ReminderResult,
    changed,
    unknown,
)


class ReminderInput(graphene.InputObjectType):
    """A reminder."""

    reminder_id = input_field(must(graphene.ID), "The reminder.")


async def _cancel(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[ReminderResult]:
    number = ids.decode_number("Reminder", args["input"]["reminder_id"])
    if number is None:
        return unknown()
    return await changed(CancelReminder(scope=request.scope, reminder_id=number), request)


cancel_reminder = field(
    ReminderPayload,
    "Never send a reminder that waits, wherever the procedure moves. Cancelling twice changes "
    "nothing.",
    Batched(_cancel, STAFF_UP),
    input=argument(must(ReminderInput), "The reminder."),
)
