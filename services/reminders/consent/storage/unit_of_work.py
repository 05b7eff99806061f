from functools import cached_property

from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork
from services.reminders.consent.storage.address_owners import AddressOwners
from services.reminders.consent.storage.opt_outs import OptOutRepository
from services.reminders.consent.storage.suppressions import SuppressionRepository


class ConsentUnitOfWork(ClinicsUnitOfWork):
    @cached_property
    def opt_outs(self) -> OptOutRepository:
        return OptOutRepository(self.connection, self.vault)

    @cached_property
    def suppressions(self) -> SuppressionRepository:
        return SuppressionRepository(self.connection, self.vault)

    @cached_property
    def address_owners(self) -> AddressOwners:
        return AddressOwners(self.connection, self.vault)
