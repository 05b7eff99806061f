from services.reminders.check_ins.storage.unit_of_work import CheckInsUnitOfWork
from services.reminders.privacy.storage.unit_of_work import PrivacyUnitOfWork


class RemindersUnitOfWork(CheckInsUnitOfWork, PrivacyUnitOfWork):
    """All repositories of the service, in one transaction."""
