from functools import cached_property

from services.reminders.delivery.storage.receipts import Receipts
from services.reminders.patients.storage.unit_of_work import PatientsUnitOfWork


class DeliveryUnitOfWork(PatientsUnitOfWork):
    @cached_property
    def receipts(self) -> Receipts:
        return Receipts(self.connection, self.vault)
