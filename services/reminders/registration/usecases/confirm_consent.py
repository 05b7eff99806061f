"""Sends codes that confirm consents from a web form, and grants what they confirm.

Anybody could hold a publishable key, so nothing here reveals whether a patient exists: a request
for an unknown patient is counted like any other, and its code is wrong like any wrong code.
"""

from collections.abc import Iterable
from typing import Final

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode, refuse
from services.contracts.patients import ConfirmConsent
from services.contracts.reminders import ConsentGiven, ConsentRecord, PatientReply, Scope
from services.contracts.words import ConsentState, Role
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.structs import struct_from
from services.reminders.enrollments.usecases.plan_reminders import plan_missing
from services.reminders.patients.domain.new_patient import NewConsent
from services.reminders.patients.usecases.read_patients import record_for
from services.reminders.registration.storage.consent_codes import ConsentCodeRepository
from services.reminders.registration.storage.unit_of_work import RegistrationUnitOfWork

LIMITED: Final = "Codes were sent just now; wait an hour before asking for another."
_NOT_RIGHT: Final = "This code is not right, or it holds no longer. Ask for a new one."


def rate_refusal(*path: str) -> Refusal:
    return refuse(UserErrorCode.RATE_LIMITED, LIMITED, *path)


def code_channels(scope: Scope, consents: Iterable[ConsentGiven]) -> tuple[Channel, ...]:
    """The channels on which consents from a publishable key have to be confirmed."""
    if scope.role is not Role.FRONT_END:
        return ()
    return tuple(dict.fromkeys(consent.channel for consent in consents if consent.granted))


def send_code(
    codes: ConsentCodeRepository,
    scope: Scope,
    patient: Patient,
    channel: Channel,
    *,
    is_asked_for: bool,
) -> None:
    """Send a code, or silently none if the address must not be used."""
    contact = patient.contact(channel)
    if contact is None or contact.suppressions:
        codes.note(scope, channel, patient.id)
    else:
        codes.send(scope, patient, contact, is_asked_for=is_asked_for)


def confirm_consent(uow: RegistrationUnitOfWork, command: ConfirmConsent) -> PatientReply:
    """Grant the pending consents of a channel; this uses up the code."""
    key = Key.within(command.scope, command.patient_id)
    if not uow.patients.lock(key):
        return _not_right()
    patient = uow.patients.get([key])[key]
    contact = patient.contact(command.channel)
    sent = uow.consent_codes.newest(key, command.channel)
    if sent is None or contact is None or contact.id != sent.contact_point_id:
        return _not_right()
    if not uow.consent_codes.spend_try(sent, command.code):
        return _not_right()
    uow.consent_codes.use(sent)
    for pending in _pending(patient, command.channel):
        uow.patients.add_consent(command.scope, _granted(pending, patient, contact))
    renewed = uow.patients.get([key])[key]
    for enrollment in uow.enrollments.active(key):
        plan_missing(uow, command.scope, enrollment, renewed)
    return PatientReply(patient=record_for(command.scope.role, renewed))


def _pending(patient: Patient, channel: Channel) -> list[ConsentRecord]:
    return [
        consent
        for consent in patient.consents
        if consent.is_current
        and consent.channel is channel
        and consent.state is ConsentState.PENDING
    ]


def _granted(pending: ConsentRecord, patient: Patient, contact: ContactPoint) -> NewConsent:
    return NewConsent(
        patient_id=patient.id,
        contact_point_id=contact.id,
        consent=struct_from(
            ConsentGiven,
            pending,
            granted=True,
            obtained_at=None,
            evidence=f"entry {pending.id}, confirmed by a code sent to this address",
        ),
        state=ConsentState.GRANTED,
    )


def _not_right() -> PatientReply:
    return PatientReply.refused(refuse(UserErrorCode.INVALID, _NOT_RIGHT, "code"))
