"""What the gateway asks of the reminders service."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.contracts.reminders import (
    STREAM,
    ClinicRecord,
    EnrollmentPage,
    EnrollmentRecord,
    FindEnrollment,
    FindPatient,
    GetClinics,
    GetEnrollments,
    GetPatients,
    GetReminders,
    ListEnrollments,
    ListReminders,
    PatientRecord,
    ReminderPage,
    ReminderRecord,
    RenderReminder,
    Scope,
)
from services.contracts.together import (
    ListEnrollmentsTogether,
    ListRemindersTogether,
    RenderRemindersTogether,
)
from services.contracts.words import MessageDetail
from services.gateway.service_calls.asker import Asker

_READ_SECONDS: Final = 3.0


@dataclass(frozen=True, slots=True)
class ReminderCalls:
    """Reads by id answer in the order of the ids, None for what the scope does not hold.

    Every call may raise UpstreamTimeout, UpstreamUnavailable or UpstreamFailed.
    """

    asker: Asker

    async def get_clinics(self, ids: Sequence[int]) -> Sequence[ClinicRecord | None]:
        return await self.asker.ask(STREAM, GetClinics(ids=tuple(ids)), timeout=_READ_SECONDS)

    async def get_patients(
        self, scope: Scope, ids: Sequence[int]
    ) -> Sequence[PatientRecord | None]:
        question = GetPatients(scope=scope, ids=tuple(ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def find_patient(self, scope: Scope, reference: str) -> PatientRecord | None:
        question = FindPatient(scope=scope, reference=reference)
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def get_enrollments(
        self, scope: Scope, ids: Sequence[int]
    ) -> Sequence[EnrollmentRecord | None]:
        question = GetEnrollments(scope=scope, ids=tuple(ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def find_enrollment(self, scope: Scope, reference: str) -> EnrollmentRecord | None:
        question = FindEnrollment(scope=scope, reference=reference)
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def list_enrollments_together(
        self, questions: Sequence[ListEnrollments]
    ) -> Sequence[EnrollmentPage]:
        question = ListEnrollmentsTogether(asks=tuple(questions))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def get_reminders(
        self, scope: Scope, ids: Sequence[int]
    ) -> Sequence[ReminderRecord | None]:
        question = GetReminders(scope=scope, ids=tuple(ids))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def list_reminders(self, question: ListReminders) -> ReminderPage:
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def render_reminders(
        self, scope: Scope, ids: Sequence[int], detail: MessageDetail
    ) -> Sequence[str | None]:
        asks = (RenderReminder(scope=scope, reminder_id=one, detail=detail) for one in ids)
        question = RenderRemindersTogether(asks=tuple(asks))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)

    async def list_reminders_together(
        self, questions: Sequence[ListReminders]
    ) -> Sequence[ReminderPage]:
        question = ListRemindersTogether(asks=tuple(questions))
        return await self.asker.ask(STREAM, question, timeout=_READ_SECONDS)
