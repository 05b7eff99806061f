from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts.enrollments import RetryReminder
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


class RetryReminderInput(graphene.InputObjectType):
    """A reminder to send again."""

    reminder_id = input_field(must(graphene.ID), "The reminder.")
    accept_possible_duplicate = input_field(
        graphene.Boolean,
        "Send again what may have arrived: the patient may get it twice.",
        default_value=False,
    )


async def _retry(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[ReminderResult]:
    given = args["input"]
    number = ids.decode_number("Reminder", given["reminder_id"])
    if number is None:
        return unknown()
    command = RetryReminder(
        scope=request.scope,
        reminder_id=number,
        accept_possible_duplicate=given.get("accept_possible_duplicate") is True,
    )
    return await changed(command, request)


retry_reminder = field(
    ReminderPayload,
    "Send again what FAILED (a new reminder follows it) or is UNKNOWN, while it is of use.",
    Batched(_retry, STAFF_UP),
    input=argument(must(RetryReminderInput), "The reminder."),
)
