from functools import cached_property

from services.reminders.privacy.storage.erasure import ErasureRepository
from services.reminders.privacy.storage.patient_archive import PatientArchive
from services.reminders.privacy.storage.personal_data import PersonalDataRepository
from services.reminders.privacy.storage.retention import RetentionRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork


class PrivacyUnitOfWork(RegistrationUnitOfWork):
    @cached_property
    def patient_archive(self) -> PatientArchive:
        return PatientArchive(self.connection, self.vault)

    @cached_property
    def erasure(self) -> ErasureRepository:
        return ErasureRepository(self.connection, self.vault)

    @cached_property
    def personal_data(self) -> PersonalDataRepository:
        return PersonalDataRepository(self.connection, self.vault)

    @cached_property
    def retention(self) -> RetentionRepository:
        return RetentionRepository(self.connection)
