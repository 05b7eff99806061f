"""Adds an entry to a patient's consent ledger; entries never change."""

import msgspec

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.reminders import PatientReply, RecordConsent, Scope
from services.contracts.words import ConsentState, Role, SuppressionReason
from services.reminders.consent.domain.consent_rules import ended_with
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient, state_given
from services.reminders.enrollments.usecases.plan_reminders import plan_missing
from services.reminders.patients.domain.new_patient import NewConsent
from services.reminders.patients.usecases.patient_input import FIELDS, ConsentRules, consent_faults
from services.reminders.patients.usecases.read_patients import record_for
from services.reminders.registration.domain.confirmation import CodeAllowance
from services.reminders.registration.storage.consent_codes import ConsentCodeRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.reminders.registration.usecases.confirm_consent import (
    code_channels,
    rate_refusal,
    send_code,
)


def record_consent(uow: RegistrationUnitOfWork, command: RecordConsent) -> PatientReply:
    """Record a consent or its withdrawal; a granted one plans the reminders it permits.

    A consent from a publishable key is PENDING until a code confirms it, and never replaces a
    granted one: anybody could hold the key.
    """
    scope, key = command.scope, Key.within(command.scope, command.patient_id)
    faults = _faults(uow, command)
    if not faults and (refusal := _too_many(uow.consent_codes, command)):
        faults = [refusal]
    if faults:
        return PatientReply.refused(*faults)
    if not uow.patients.lock(key):
        _count(uow.consent_codes, command)
        return PatientReply.refused(not_found("patient"))
    patient = uow.patients.get([key])[key]
    if refusal := _obstacle(command, patient):
        _count(uow.consent_codes, command)
        return PatientReply.refused(refusal)
    if _is_pending_beside_granted(command, patient):
        _count(uow.consent_codes, command)
    else:
        _add(uow, command, patient)
        if code_channels(scope, [command.consent]):
            _confirm(uow.consent_codes, scope, patient, command.consent.channel)
    renewed = uow.patients.get([key])[key]
    for enrollment in uow.enrollments.active(key):
        plan_missing(uow, scope, enrollment, renewed)
    return PatientReply(patient=record_for(scope.role, renewed))


def _faults(uow: RegistrationUnitOfWork, command: RecordConsent) -> list[Refusal]:
    """What is wrong with the input, checked before a patient is looked up."""
    scope = command.scope
    clinic = uow.clinics.get([scope.clinic_id]).get(scope.clinic_id)
    if clinic is None:
        return [refuse(UserErrorCode.NOT_FOUND, "There is no such clinic.")]
    rules = ConsentRules(role=scope.role, country=clinic.country, now=uow.now())
    return list(consent_faults(command.consent, rules, ("consent",)))


def _count(codes: ConsentCodeRepository, command: RecordConsent) -> None:
    """Count a request that sends no code like one that does."""
    if code_channels(command.scope, [command.consent]):
        codes.note(command.scope, command.consent.channel, command.patient_id)


def _too_many(codes: ConsentCodeRepository, command: RecordConsent) -> Refusal | None:
    """Check the limits by the input alone, so that an unknown patient gives the same reply."""
    scope, channel = command.scope, command.consent.channel
    if not code_channels(scope, [command.consent]):
        return None
    allowance = codes.allowance(scope, channel, patient_id=command.patient_id, address=None)
    return None if allowance is CodeAllowance.FREE else rate_refusal("consent")


def _confirm(
    codes: ConsentCodeRepository, scope: Scope, patient: Patient, channel: Channel
) -> None:
    """Send a code, or silently none if the address has had too many."""
    contact = patient.contact(channel)
    address = contact.address if contact else None
    allowance = codes.allowance(scope, channel, patient_id=patient.id, address=address)
    if allowance is CodeAllowance.FREE:
        send_code(codes, scope, patient, channel, is_asked_for=True)
    else:
        codes.note(scope, channel, patient.id)


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
    current = patient.consent(command.consent.channel, command.consent.purpose)
    is_granted = current is not None and current.state is ConsentState.GRANTED
    return is_granted and command.scope.role is Role.FRONT_END


def _add(uow: RegistrationUnitOfWork, command: RecordConsent, patient: Patient) -> None:
    consent, today = command.consent, uow.now().date()
    contact = patient.contact(consent.channel)
    for purpose in (consent.purpose, *ended_with(consent, patient.clinic.country, today)):
        uow.patients.add_consent(
            command.scope,
            NewConsent(
                patient_id=patient.id,
                contact_point_id=contact.id if contact else None,
                consent=msgspec.structs.replace(consent, purpose=purpose),
                state=state_given(is_granted=consent.granted, by=command.scope.role),
            ),
        )
