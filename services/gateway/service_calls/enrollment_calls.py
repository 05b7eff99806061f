"""What the gateway asks about the life of enrollments, and about single reminders."""

from dataclasses import dataclass
from typing import Final

from services.contracts.enrollments import (
    CancelReminder,
    ChangeReply,
    FindEnrollments,
    PauseEnrollment,
    RecordProcedure,
    ReminderReply,
    ReportDeliveries,
    ReportRow,
    RescheduleEnrollment,
    ResumeEnrollment,
    RetryReminder,
    SnoozeReminder,
)
from services.contracts.reminders import STREAM, EnrollmentPage, EnrollmentReply
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0
_COMMAND_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class EnrollmentCalls:
    """As `ReminderCalls`, whose service answers these too."""

    asker: Asker

    async def find(self, question: FindEnrollments) -> EnrollmentPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def report(self, question: ReportDeliveries) -> tuple[ReportRow, ...]:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def change(
        self, command: RescheduleEnrollment | RecordProcedure, *, command_id: str | None = None
    ) -> ChangeReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )

    async def hold_or_go_on(
        self, command: PauseEnrollment | ResumeEnrollment, *, command_id: str | None = None
    ) -> EnrollmentReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )

    async def change_reminder(
        self,
        command: SnoozeReminder | CancelReminder | RetryReminder,
        *,
        command_id: str | None = None,
    ) -> ReminderReply:
        return await self.asker.ask(
            STREAM, command, timeout=_COMMAND_SECONDS, command_id=command_id
        )
