from services.reminders.clinics.storage.unit_of_work import ClinicsUnitOfWork
from services.reminders.consent.storage.address_owners import AddressOwners
from services.reminders.consent.storage.opt_outs import OptOutRepository
from services.reminders.consent.storage.suppressions import SuppressionRepository
from services.reminders.database.repository import repository


class ConsentUnitOfWork(ClinicsUnitOfWork):
    opt_outs = repository(OptOutRepository)
    suppressions = repository(SuppressionRepository)
    address_owners = repository(AddressOwners)
