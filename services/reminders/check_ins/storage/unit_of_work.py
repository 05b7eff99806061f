from functools import cached_property

from services.reminders.check_ins.storage.alerts import AlertRepository
from services.reminders.check_ins.storage.check_ins import CheckInRepository
from services.reminders.check_ins.storage.due_timers import DueTimers
from services.reminders.check_ins.storage.escalations import EscalationRepository
from services.reminders.check_ins.storage.inbound import InboundRepository
from services.reminders.check_ins.storage.open_escalations import OpenEscalations
from services.reminders.check_ins.storage.outbox import CareTaskRepository, OutboxRepository
from services.reminders.check_ins.storage.recent_texts import RecentTexts
from services.reminders.check_ins.storage.sent_check_ins import SentCheckIns
from services.reminders.check_ins.storage.staff_tasks import StaffTaskRepository
from services.reminders.check_ins.storage.unread_mail import UnreadMailRepository
from services.reminders.database.repository import repository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork


class CheckInsUnitOfWork(RegistrationUnitOfWork):
    @cached_property
    def check_ins(self) -> CheckInRepository:
        return CheckInRepository(self.connection, self.vault, self.plan_versions)

    escalations = repository(EscalationRepository)
    open_escalations = repository(OpenEscalations)
    alerts = repository(AlertRepository)
    outbox = repository(OutboxRepository)
    care_tasks = repository(CareTaskRepository)
    inbound = repository(InboundRepository)
    unread_mail = repository(UnreadMailRepository)
    recent_texts = repository(RecentTexts)
    staff_tasks = repository(StaffTaskRepository)

    @cached_property
    def sent_check_ins(self) -> SentCheckIns:
        return SentCheckIns(self.connection, self.plan_versions)

    @cached_property
    def due_timers(self) -> DueTimers:
        return DueTimers(self.connection, self.check_ins)
