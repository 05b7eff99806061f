from services.reminders.consent.storage.unit_of_work import ConsentUnitOfWork
from services.reminders.database.repository import repository
from services.reminders.patients.storage.patients import PatientRepository


class PatientsUnitOfWork(ConsentUnitOfWork):
    patients = repository(PatientRepository)
