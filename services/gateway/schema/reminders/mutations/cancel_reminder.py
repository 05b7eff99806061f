import graphene

from services.contracts.enrollments import CancelReminder
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.reminders.payload import REMINDER, ReminderPayload


class ReminderInput(graphene.InputObjectType):
    """A reminder."""

    reminder_id = input_field(required(graphene.ID), "The reminder.")


cancel_reminder = field(
    ReminderPayload,
    "Cancel a reminder that has not been sent. It stays cancelled even if the "
    "procedure moves. Cancelling twice changes nothing.",
    REMINDER.mutation(CancelReminder, STAFF_UP),
    input=argument(required(ReminderInput), "The reminder."),
)
