from collections.abc import Iterable
from functools import cached_property

from services.contracts.events import ReminderChanged
from services.reminders.database.repository import repository
from services.reminders.enrollments.storage.corrections import CorrectionRepository
from services.reminders.enrollments.storage.enrollment_lists import EnrollmentListRepository
from services.reminders.enrollments.storage.enrollments import (
    EnrollmentRepository,
)
from services.reminders.enrollments.storage.plan_recalls import PlanRecallRepository
from services.reminders.enrollments.storage.planned_reminders import (
    PlannedReminderRepository,
    StepTaskRepository,
)
from services.reminders.enrollments.storage.plans import PlanRepository
from services.reminders.enrollments.storage.reminders import ReminderRepository
from services.reminders.enrollments.storage.visits import VisitRepository
from services.reminders.enrollments.storage.waiting_reminders import WaitingReminderRepository
from services.reminders.operations.storage.unit_of_work import OperationsUnitOfWork


class EnrollmentsUnitOfWork(OperationsUnitOfWork):
    enrollments = repository(EnrollmentRepository)
    step_tasks = repository(StepTaskRepository)
    reminders = repository(ReminderRepository)
    visits = repository(VisitRepository)
    planned_reminders = repository(PlannedReminderRepository)
    corrections = repository(CorrectionRepository)
    enrollment_lists = repository(EnrollmentListRepository)
    plan_recalls = repository(PlanRecallRepository)
    waiting_reminders = repository(WaitingReminderRepository)

    @cached_property
    def plans(self) -> PlanRepository:
        return PlanRepository(self.connection, self.plan_versions)

    def announce_reminders(self, clinic_id: int, ids: Iterable[int]) -> None:
        """Announce each reminder that has changed when the transaction commits."""
        for id_ in ids:
            self.announce(ReminderChanged(clinic_id=clinic_id, reminder_id=id_))
