from functools import cached_property

from services.reminders.delivery.storage.unit_of_work import DeliveryUnitOfWork
from services.reminders.operations.storage.clock import ClockRepository
from services.reminders.operations.storage.cross_clinic_report import CrossClinicReport
from services.reminders.operations.storage.holds import HoldRepository
from services.reminders.operations.storage.operations import OperationRepository
from services.reminders.operations.storage.troubled_messages import TroubledMessageRepository


class OperationsUnitOfWork(DeliveryUnitOfWork):
    @cached_property
    def operations(self) -> OperationRepository:
        return OperationRepository(self.connection)

    @cached_property
    def troubled_messages(self) -> TroubledMessageRepository:
        return TroubledMessageRepository(self.connection)

    @cached_property
    def holds(self) -> HoldRepository:
        return HoldRepository(self.connection)

    @cached_property
    def cross_clinic_report(self) -> CrossClinicReport:
        return CrossClinicReport(self.connection)

    @cached_property
    def clock(self) -> ClockRepository:
        return ClockRepository(self.connection)
