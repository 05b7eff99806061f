"""Mutations of single reminders."""

from typing import Final

import graphene

from services.contracts.enrollments import CancelReminder, RetryReminder, SnoozeReminder
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Entity
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.payloads import record_payload
from services.gateway.schema.reminders.types import Reminder
from services.gateway.schema.scalars import DateTime

ReminderPayload = record_payload(
    Reminder,
    "reminder",
    "The updated reminder, or the new one that replaces it; null if refused.",
    STAFF_UP,
)


_REMINDER: Final = Entity("Reminder", "reminder")


class ReminderInput(graphene.InputObjectType):
    """A reminder."""

    reminder_id = input_field(required(graphene.ID), "The reminder.")


cancel_reminder = field(
    ReminderPayload,
    "Cancel a reminder that has not been sent. It stays cancelled even if the "
    "procedure moves. Cancelling twice changes nothing.",
    _REMINDER.mutation(CancelReminder, STAFF_UP),
    input=argument(required(ReminderInput), "The reminder."),
)


class SnoozeReminderInput(graphene.InputObjectType):
    """A reminder and its new earliest time."""

    reminder_id = input_field(required(graphene.ID), "The reminder.")
    until = input_field(required(DateTime), "Send it no earlier than this.")


snooze_reminder = field(
    ReminderPayload,
    "Postpone a reminder that has not been sent: to the given time, or to the end of "
    "quiet hours after it.",
    _REMINDER.mutation(SnoozeReminder, STAFF_UP),
    input=argument(required(SnoozeReminderInput), "The reminder."),
)


class RetryReminderInput(graphene.InputObjectType):
    """A reminder to send again."""

    reminder_id = input_field(required(graphene.ID), "The reminder.")
    accept_possible_duplicate = input_field(
        graphene.Boolean,
        "Resend even if the first message may have arrived: the patient may get it twice.",
        default_value=False,
    )


retry_reminder = field(
    ReminderPayload,
    "Resend a reminder that is FAILED (as a new reminder) or UNKNOWN, while it is still useful.",
    _REMINDER.mutation(RetryReminder, STAFF_UP),
    input=argument(required(RetryReminderInput), "The reminder."),
)
