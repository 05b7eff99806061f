from services.reminders.clinics.storage.alert_contacts import AlertContactRepository
from services.reminders.clinics.storage.clinics import ClinicRepository
from services.reminders.clinics.storage.senders import SenderRepository
from services.reminders.database.repository import repository
from services.reminders.database.unit_of_work import UnitOfWork


class ClinicsUnitOfWork(UnitOfWork):
    clinics = repository(ClinicRepository)
    senders = repository(SenderRepository)
    alert_contacts = repository(AlertContactRepository)
