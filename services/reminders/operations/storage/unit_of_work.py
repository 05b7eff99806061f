from services.reminders.database.repository import repository
from services.reminders.delivery.storage.unit_of_work import DeliveryUnitOfWork
from services.reminders.operations.storage.cross_clinic_report import CrossClinicReport
from services.reminders.operations.storage.holds import HoldRepository
from services.reminders.operations.storage.operations import ClockRepository, OperationRepository
from services.reminders.operations.storage.troubled_messages import TroubledMessageRepository


class OperationsUnitOfWork(DeliveryUnitOfWork):
    operations = repository(OperationRepository)
    troubled_messages = repository(TroubledMessageRepository)
    holds = repository(HoldRepository)
    cross_clinic_report = repository(CrossClinicReport)
    clock = repository(ClockRepository)
