from functools import cached_property

from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.registration.storage.consent_codes import ConsentCodeRepository
from services.reminders.registration.storage.import_jobs import ImportJobRepository
from services.reminders.registration.storage.patient_batches import PatientBatchRepository
from services.reminders.registration.storage.waiting_messages import WaitingMessageRepository


class RegistrationUnitOfWork(EnrollmentsUnitOfWork):
    @cached_property
    def consent_codes(self) -> ConsentCodeRepository:
        return ConsentCodeRepository(self.connection, self.vault)

    @cached_property
    def waiting_messages(self) -> WaitingMessageRepository:
        return WaitingMessageRepository(self.connection)

    @cached_property
    def import_jobs(self) -> ImportJobRepository:
        return ImportJobRepository(self.connection, self.vault)

    @cached_property
    def patient_batches(self) -> PatientBatchRepository:
        return PatientBatchRepository(self.connection, self.vault)
