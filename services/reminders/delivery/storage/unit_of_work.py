from services.reminders.database.repository import repository
from services.reminders.delivery.storage.receipts import ReceiptRepository
from services.reminders.patients.storage.unit_of_work import PatientsUnitOfWork


class DeliveryUnitOfWork(PatientsUnitOfWork):
    receipts = repository(ReceiptRepository)
