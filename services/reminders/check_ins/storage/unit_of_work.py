from functools import cached_property

from services.reminders.check_ins.storage.alerts import AlertRepository
from services.reminders.check_ins.storage.check_ins import CheckInRepository
from services.reminders.check_ins.storage.due_timers import DueTimers
from services.reminders.check_ins.storage.escalations import EscalationRepository
from services.reminders.check_ins.storage.inbound import InboundRepository
from services.reminders.check_ins.storage.outbox import CareTaskRepository, OutboxRepository
from services.reminders.check_ins.storage.sent_check_ins import SentCheckIns
from services.reminders.check_ins.storage.staff_tasks import StaffTaskRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork


class CheckInsUnitOfWork(RegistrationUnitOfWork):
    @cached_property
    def check_ins(self) -> CheckInRepository:
        return CheckInRepository(self.connection, self.vault, self.plan_versions)

    @cached_property
    def escalations(self) -> EscalationRepository:
        return EscalationRepository(self.connection, self.vault)

    @cached_property
    def alerts(self) -> AlertRepository:
        return AlertRepository(self.connection)

    @cached_property
    def outbox(self) -> OutboxRepository:
        return OutboxRepository(self.connection, self.vault)

    @cached_property
    def care_tasks(self) -> CareTaskRepository:
        return CareTaskRepository(self.connection)

    @cached_property
    def inbound(self) -> InboundRepository:
        return InboundRepository(self.connection, self.vault)

    @cached_property
    def staff_tasks(self) -> StaffTaskRepository:
        return StaffTaskRepository(self.connection, self.vault)

    @cached_property
    def sent_check_ins(self) -> SentCheckIns:
        return SentCheckIns(self.connection, self.plan_versions)

    @cached_property
    def due_timers(self) -> DueTimers:
        return DueTimers(self.connection, self.check_ins)
