from functools import cached_property

from services.reminders.clinics.storage.alert_contacts import AlertContactRepository
from services.reminders.clinics.storage.clinics import ClinicRepository
from services.reminders.clinics.storage.senders import SenderRepository
from services.reminders.database.unit_of_work import UnitOfWork


class ClinicsUnitOfWork(UnitOfWork):
    @cached_property
    def clinics(self) -> ClinicRepository:
        return ClinicRepository(self.connection)

    @cached_property
    def senders(self) -> SenderRepository:
        return SenderRepository(self.connection)

    @cached_property
    def alert_contacts(self) -> AlertContactRepository:
        return AlertContactRepository(self.connection, self.vault)
