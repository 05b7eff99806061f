from services.reminders.database.repository import repository
from services.reminders.privacy.storage.erasure import ErasureRepository
from services.reminders.privacy.storage.patient_archive import PatientArchive
from services.reminders.privacy.storage.personal_data import PersonalDataRepository
from services.reminders.privacy.storage.retention import RetentionRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork


class PrivacyUnitOfWork(RegistrationUnitOfWork):
    patient_archive = repository(PatientArchive)
    erasure = repository(ErasureRepository)
    personal_data = repository(PersonalDataRepository)
    retention = repository(RetentionRepository)
