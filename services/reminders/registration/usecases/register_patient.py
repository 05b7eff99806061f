"""Registers a patient with contact points and consents, once for each idempotency key."""

from collections.abc import Mapping

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.reminders import ClinicRecord, ConsentGiven, PatientReply, RegisterPatient
from services.contracts.words import MessageDetail, Role, SuppressionReason
from services.reminders.core.key import Key
from services.reminders.core.patient import state_given
from services.reminders.core.structs import struct_from
from services.reminders.enrollments.usecases.eligibility import (
    covered_countries,
    outside_coverage,
    suspended,
)
from services.reminders.patients.domain.new_patient import NewConsent, NewContact, NewPatient
from services.reminders.patients.usecases.patient_input import (
    FIELDS,
    ConsentRules,
    find_faults,
    read_contacts,
)
from services.reminders.patients.usecases.read_patients import record_for
from services.reminders.registration.domain.confirmation import CodeAllowance
from services.reminders.registration.storage.consent_codes import ConsentCodeRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork
from services.reminders.registration.usecases.confirm_consent import (
    code_channels,
    rate_refusal,
    send_code,
)

MUTATION = "registerPatient"


def register_patient(
    uow: RegistrationUnitOfWork,
    command: RegisterPatient,
) -> PatientReply:
    scope = command.scope
    remembered = uow.idempotency.get(MUTATION, command)
    if remembered:
        if remembered.is_same_input:
            return _reply(uow, command, remembered.result_id)
        message = "This idempotency key was used for another registration."
        return PatientReply.refused(refuse(UserErrorCode.CONFLICT, message, "idempotency_key"))
    clinic = uow.clinics.get([scope.clinic_id]).get(scope.clinic_id)
    if clinic is None:
        return PatientReply.refused(refuse(UserErrorCode.NOT_FOUND, "There is no such clinic."))
    if refusal := suspended(clinic):
        return PatientReply.refused(refusal)
    contacts, faults = read_contacts(command, clinic.country)
    rules = ConsentRules(role=scope.role, country=clinic.country, now=uow.now())
    faults += find_faults(command, contacts, rules)
    faults += outside_coverage(contacts, covered_countries(uow, clinic))
    faults += _conflicts(uow, command, contacts)
    faults = faults or _too_many(uow.consent_codes, command, contacts)
    if faults:
        return PatientReply.refused(*faults)
    patient_id = uow.patients.add(scope, new_patient(command, contacts, clinic))
    points = {
        contact.channel: uow.patients.add_contact(scope, patient_id, contact)
        for contact in contacts
    }
    for consent in command.consents:
        uow.patients.add_consent(scope, new_consent(command, consent, patient_id, points))
    _confirm(uow, command, patient_id)
    uow.idempotency.put(MUTATION, command, patient_id)
    return _reply(uow, command, patient_id)


def new_patient(
    command: RegisterPatient, contacts: tuple[NewContact, ...], clinic: ClinicRecord
) -> NewPatient:
    reachable = tuple(contact.channel for contact in contacts)
    return struct_from(
        NewPatient,
        command,
        locale=command.locale or clinic.locale,
        channels=tuple(dict.fromkeys(command.channels)) if command.channels else reachable,
        detail=command.detail or MessageDetail.DISCREET,
    )


def new_consent(
    command: RegisterPatient,
    consent: ConsentGiven,
    patient_id: int,
    points: Mapping[Channel, int],
) -> NewConsent:
    return NewConsent(
        patient_id=patient_id,
        contact_point_id=points[consent.channel],
        consent=consent,
        state=state_given(is_granted=consent.granted, by=command.scope.role),
    )


def _conflicts(
    uow: RegistrationUnitOfWork, command: RegisterPatient, contacts: tuple[NewContact, ...]
) -> list[Refusal]:
    """Conflicts with other patients. A publishable key learns of none, so it reveals nobody."""
    scope, reference = command.scope, command.reference
    if scope.role is Role.FRONT_END:
        return []
    conflicts: list[Refusal] = []
    existing = uow.patients.claim_reference(scope, reference) if reference else None
    if existing is not None:
        message = "Another patient of the clinic has this reference."
        conflicts.append(refuse(UserErrorCode.CONFLICT, message, "reference", existing_id=existing))
    suppressions = uow.patients.suppressions(scope, contacts)
    for number, consent in enumerate(command.consents):
        if consent.granted and SuppressionReason.OPT_OUT in suppressions.get(consent.channel, ()):
            message = "This address has opted out; only a message from it can undo that."
            conflicts.append(refuse(UserErrorCode.OPTED_OUT, message, "consents", str(number)))
    return conflicts


def _too_many(
    codes: ConsentCodeRepository, command: RegisterPatient, contacts: tuple[NewContact, ...]
) -> list[Refusal]:
    scope, channels = command.scope, code_channels(command.scope, command.consents)
    return [
        rate_refusal(FIELDS[contact.channel])
        for contact in contacts
        if contact.channel in channels
        and codes.allowance(scope, contact.channel, patient_id=None, address=contact.address)
        is not CodeAllowance.FREE
    ]


def _confirm(
    uow: RegistrationUnitOfWork,
    command: RegisterPatient,
    patient_id: int,
) -> None:
    key = Key.within(command.scope, patient_id)
    for channel in code_channels(command.scope, command.consents):
        patient = uow.patients.get([key])[key]
        send_code(uow.consent_codes, command.scope, patient, channel, is_asked_for=False)


def _reply(uow: RegistrationUnitOfWork, command: RegisterPatient, patient_id: int) -> PatientReply:
    key = Key.within(command.scope, patient_id)
    return PatientReply(patient=record_for(command.scope.role, uow.patients.get([key])[key]))
