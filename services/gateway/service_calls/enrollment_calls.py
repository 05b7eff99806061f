"""What the gateway asks about the life of enrollments, and about single reminders."""

from dataclasses import dataclass
from typing import Final

from services.contracts.enrollments import (
    FindEnrollments,
    ReportDeliveries,
    ReportRow,
)
from services.contracts.reminders import STREAM, EnrollmentPage
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class EnrollmentCalls:
    """As `ReminderCalls`, whose service answers these too."""

    asker: Asker

    async def find(self, question: FindEnrollments) -> EnrollmentPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def report(self, question: ReportDeliveries) -> tuple[ReportRow, ...]:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)
