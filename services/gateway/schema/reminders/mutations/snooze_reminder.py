from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from services.contracts.enrollments import SnoozeReminder
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
from services.gateway.schema.scalars.times import DateTime


class SnoozeReminderInput(graphene.InputObjectType):
    """A reminder, and when it should go instead."""

    reminder_id = input_field(must(graphene.ID), "The reminder.")
    until = input_field(must(DateTime), "Not before this.")


async def _snooze(
    _roots: Sequence[object], args: Mapping[str, Any], request: GatewayRequest
) -> list[ReminderResult]:
    given = args["input"]
    number = ids.decode_number("Reminder", given["reminder_id"])
    if number is None:
        return unknown()
    command = SnoozeReminder(scope=request.scope, reminder_id=number, until=given["until"])
    return await changed(command, request)


snooze_reminder = field(
    ReminderPayload,
    "Send a reminder that waits later: at the moment given, or when quiet hours end after it.",
    Batched(_snooze, STAFF_UP),
    input=argument(must(SnoozeReminderInput), "The reminder."),
)
