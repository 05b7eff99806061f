from services.reminders.database.repository import repository
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.registration.storage.consent_codes import ConsentCodeRepository
from services.reminders.registration.storage.import_jobs import ImportJobRepository
from services.reminders.registration.storage.patient_batches import PatientBatchRepository
from services.reminders.registration.storage.waiting_messages import WaitingMessageRepository


class RegistrationUnitOfWork(EnrollmentsUnitOfWork):
    consent_codes = repository(ConsentCodeRepository)
    waiting_messages = repository(WaitingMessageRepository)
    import_jobs = repository(ImportJobRepository)
    patient_batches = repository(PatientBatchRepository)
