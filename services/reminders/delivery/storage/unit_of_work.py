from functools import cached_property

from services.reminders.delivery.storage.receipts import ReceiptRepository
from services.reminders.patients.storage.unit_of_work import PatientsUnitOfWork


class DeliveryUnitOfWork(PatientsUnitOfWork):
    @cached_property
    def receipts(self) -> ReceiptRepository:
        return ReceiptRepository(self.connection)
