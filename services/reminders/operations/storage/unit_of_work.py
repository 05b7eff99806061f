from functools import cached_property

from services.reminders.delivery.storage.unit_of_work import DeliveryUnitOfWork
from services.reminders.operations.storage.clock import ClockRepository
from services.reminders.operations.storage.operations import OperationRepository


class OperationsUnitOfWork(DeliveryUnitOfWork):
    @cached_property
    def operations(self) -> OperationRepository:
        return OperationRepository(self.connection)

    @cached_property
    def clock(self) -> ClockRepository:
        return ClockRepository(self.connection)
