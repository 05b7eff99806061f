from functools import cached_property

from services.reminders.addresses.reader import zones_of
from services.reminders.consent.storage.unit_of_work import ConsentUnitOfWork
from services.reminders.patients.storage.consents import ConsentRepository
from services.reminders.patients.storage.patients import PatientRepository


class PatientsUnitOfWork(ConsentUnitOfWork):
    @cached_property
    def patients(self) -> PatientRepository:
        return PatientRepository(self.connection, self.vault, zones_of)

    @cached_property
    def consents(self) -> ConsentRepository:
        return ConsentRepository(self.connection, self.vault)
