from functools import cached_property

from services.reminders.privacy.storage.archive import Archive
from services.reminders.privacy.storage.erasing import PatientFile
from services.reminders.privacy.storage.retention import RetentionRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork


class PrivacyUnitOfWork(RegistrationUnitOfWork):
    @cached_property
    def archive(self) -> Archive:
        return Archive(self.connection, self.vault)

    @cached_property
    def patient_file(self) -> PatientFile:
        return PatientFile(self.connection, self.vault)

    @cached_property
    def retention(self) -> RetentionRepository:
        return RetentionRepository(self.connection)
