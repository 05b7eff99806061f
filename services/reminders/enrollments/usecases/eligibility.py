"""Who is taken on: adults, of clinics that are running, with numbers that we can text."""

from collections.abc import Sequence

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import ClinicRecord
from services.reminders.addresses.reader import countries_of
from services.reminders.core.clinic import served_with
from services.reminders.core.patient import Patient
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.patients.domain.new_patient import NewContact


def not_eligible(patient: Patient, *, is_production: bool) -> Refusal | None:
    """Why a patient cannot be enrolled, whatever the plan.

    In production only adults are, known to be: skin treatments of minors have laws of their own.
    """
    if refusal := suspended(patient.clinic):
        return refusal
    if patient.is_adult is True or (patient.is_adult is None and not is_production):
        return None
    message = "Aftercare messages are for adults: update the patient's isAdult once you know."
    return refuse(UserErrorCode.NOT_ELIGIBLE, message, "patient_id")


def suspended(clinic: ClinicRecord) -> Refusal | None:
    if clinic.suspended_at is None:
        return None
    return refuse(UserErrorCode.NOT_ALLOWED, "The clinic is suspended; ask who runs the service.")


def covered_countries(uow: EnrollmentsUnitOfWork, clinic: ClinicRecord) -> set[str]:
    """The countries that the clinic is in, serves, or sends texts from."""
    senders = uow.senders.list(clinic.id)
    texting = {sender.country for sender in senders if sender.channel is Channel.SMS}
    return {clinic.country, *clinic.countries} | texting


def outside_coverage(contacts: Sequence[NewContact], covered: set[str]) -> list[Refusal]:
    """Refuse a phone number that belongs to no covered country."""
    numbers = [contact.address for contact in contacts if contact.channel is Channel.SMS]
    if all(countries_of(number) & served_with(covered) for number in numbers):
        return []
    message = f"We text numbers of {', '.join(sorted(covered))} for this clinic, and no others."
    return [refuse(UserErrorCode.OUTSIDE_COVERAGE, message, "phone")]
