import graphene

from services.contracts.enrollments import SnoozeReminder
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.reminders.payload import REMINDER, ReminderPayload
from services.gateway.schema.scalars import DateTime


class SnoozeReminderInput(graphene.InputObjectType):
    """A reminder and its new earliest time."""

    reminder_id = input_field(required(graphene.ID), "The reminder.")
    until = input_field(required(DateTime), "Send it no earlier than this.")


snooze_reminder = field(
    ReminderPayload,
    "Postpone a reminder that has not been sent: to the given time, or to the end of "
    "quiet hours after it.",
    REMINDER.mutation(SnoozeReminder, STAFF_UP),
    input=argument(required(SnoozeReminderInput), "The reminder."),
)
