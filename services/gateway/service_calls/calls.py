"""The asks of this service, by the service they go to."""

from dataclasses import dataclass

from services.gateway.service_calls.asker import Asker
from services.gateway.service_calls.content_calls import ContentCalls
from services.gateway.service_calls.reminder_calls import ReminderCalls


@dataclass(frozen=True, slots=True)
class ServiceCalls:
    reminders: ReminderCalls
    content: ContentCalls

    @classmethod
    def through(cls, asker: Asker) -> "ServiceCalls":
        return cls(ReminderCalls(asker), ContentCalls(asker))
