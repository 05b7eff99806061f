from functools import cached_property

from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.registration.storage.consent_codes import ConsentCodeRepository
from services.reminders.registration.storage.imports import BatchRegister, ImportLedger
from services.reminders.registration.storage.patient_changes import PatientChangeRepository


class RegistrationUnitOfWork(EnrollmentsUnitOfWork):
    @cached_property
    def consent_codes(self) -> ConsentCodeRepository:
        return ConsentCodeRepository(self.connection, self.vault)

    @cached_property
    def patient_changes(self) -> PatientChangeRepository:
        return PatientChangeRepository(self.connection, self.vault)

    @cached_property
    def imports(self) -> ImportLedger:
        return ImportLedger(self.connection, self.vault)

    @cached_property
    def batch_register(self) -> BatchRegister:
        return BatchRegister(self.connection, self.vault)
