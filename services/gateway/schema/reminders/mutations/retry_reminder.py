import graphene

from services.contracts.enrollments import RetryReminder
from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.fields import argument, field, input_field, required
from services.gateway.schema.reminders.payload import REMINDER, ReminderPayload


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
    REMINDER.mutation(RetryReminder, STAFF_UP),
    input=argument(required(RetryReminderInput), "The reminder."),
)
