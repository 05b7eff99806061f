"""Adds to a patient's consent ledger; nothing in it is ever changed."""

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.reminders import PatientReply, RecordConsent
from services.contracts.words import ConsentState, Role, SuppressionReason
from services.reminders.domain.consent import state_given
from services.reminders.domain.patient import Patient
from services.reminders.usecases.books import Books, Key, NewConsent
from services.reminders.usecases.patient_input import FIELDS, consent_faults
from services.reminders.usecases.plan_reminders import plan_missing
from services.reminders.usecases.read_patients import record_for
from services.reminders.usecases.refusing import refuse


def record_consent(books: Books, command: RecordConsent) -> PatientReply:
    """Record a consent or its withdrawal; one that is granted brings planned reminders along.

    What a publishable key reports is PENDING, and never takes the place of a consent that was
    granted: whoever holds the key could be anybody.
    """
    key = Key.within(command.scope, command.patient_id)
    if not books.patients.lock(key):
        message = "There is no such patient."
        return _refused(refuse(UserErrorCode.NOT_FOUND, message, "patient_id"))
    patient = books.patients.get([key])[key]
    faults = list(consent_faults(command.consent, books.now(), ("consent",)))
    if faults:
        return PatientReply(refusals=tuple(faults))
    if refusal := _obstacle(command, patient):
        return _refused(refusal)
    if not _is_pending_beside_granted(command, patient):
        _add(books, command, patient)
    renewed = books.patients.get([key])[key]
    for enrollment in books.enrollments.active(key):
        plan_missing(books, command.scope, enrollment, renewed)
    return PatientReply(patient=record_for(command.scope.role, renewed))


def _obstacle(command: RecordConsent, patient: Patient) -> Refusal | None:
    consent, is_public = command.consent, command.scope.role is Role.FRONT_END
    contact = patient.contact(consent.channel)
    if contact is None:
        message = f"The patient has no {FIELDS.get(consent.channel, 'address')} to consent for."
        return refuse(UserErrorCode.REQUIRED, message, "consent", "channel")
    if is_public and not consent.granted:
        message = "Withdrawals come from the patient or from staff."
        return refuse(UserErrorCode.NOT_ALLOWED, message, "consent", "granted")
    has_opted_out = SuppressionReason.OPT_OUT in contact.suppressions
    if consent.granted and has_opted_out and not is_public:
        message = "This address has opted out; only a message from it can undo that."
        return refuse(UserErrorCode.OPTED_OUT, message, "consent")
    return None


def _is_pending_beside_granted(command: RecordConsent, patient: Patient) -> bool:
    ruling = patient.consent(command.consent.channel, command.consent.purpose)
    is_granted = ruling is not None and ruling.state is ConsentState.GRANTED
    return is_granted and command.scope.role is Role.FRONT_END


def _add(books: Books, command: RecordConsent, patient: Patient) -> None:
    contact = patient.contact(command.consent.channel)
    books.consents.add(
        command.scope,
        NewConsent(
            patient_id=patient.id,
            contact_point_id=contact.id if contact else None,
            given=command.consent,
            state=state_given(is_granted=command.consent.granted, by=command.scope.role),
            recorded_by=command.scope.actor,
        ),
    )


def _refused(refusal: Refusal) -> PatientReply:
    return PatientReply(refusals=(refusal,))
