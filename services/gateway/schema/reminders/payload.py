"""What mutations of reminders share."""

from typing import Final

from services.gateway.schema.access import STAFF_UP
from services.gateway.schema.commands import Entity
from services.gateway.schema.payloads import record_payload
from services.gateway.schema.reminders.types import Reminder

ReminderPayload = record_payload(
    Reminder,
    "reminder",
    "The updated reminder, or the new one that replaces it; null if refused.",
    STAFF_UP,
)

REMINDER: Final = Entity("Reminder", "reminder")
