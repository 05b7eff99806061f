"""Sends codes that confirm what a web form says, and grants what they confirm.

Whoever holds a publishable key could be anybody, so nothing here tells whether there is such a
patient: a request for one that is not there is counted like any other, and a code for it is as
wrong as a wrong one.
"""

from collections.abc import Iterable
from typing import Final

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.patients import ConfirmConsent
from services.contracts.reminders import ConsentGiven, ConsentRecord, PatientReply, Scope
from services.contracts.words import ConsentState, Role
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.refusing import refuse
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
    """The channels that consents of a publishable key have to be confirmed on."""
    if scope.role is not Role.FRONT_END:
        return ()
    return tuple(dict.fromkeys(one.channel for one in consents if one.granted))


def send_code(
    codes: ConsentCodeRepository,
    scope: Scope,
    patient: Patient,
    channel: Channel,
    *,
    is_asked_for: bool,
) -> None:
    """Have a code sent, unless the address must not be used: of that nothing is said."""
    contact = patient.contact(channel)
    if contact is None or contact.suppressions:
        codes.note(scope, channel, patient.id)
    else:
        codes.send(scope, patient, contact, is_asked_for=is_asked_for)


def confirm_consent(uow: RegistrationUnitOfWork, command: ConfirmConsent) -> PatientReply:
    """Grant what waits on the channel; a code is used up by it."""
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
        uow.consents.add(command.scope, _granted(pending, patient, contact, command))
    renewed = uow.patients.get([key])[key]
    for enrollment in uow.enrollments.active(key):
        plan_missing(uow, command.scope, enrollment, renewed)
    return PatientReply(patient=record_for(command.scope.role, renewed))


def _pending(patient: Patient, channel: Channel) -> list[ConsentRecord]:
    return [
        one
        for one in patient.consents
        if one.is_current and one.channel is channel and one.state is ConsentState.PENDING
    ]


def _granted(
    pending: ConsentRecord, patient: Patient, contact: ContactPoint, command: ConfirmConsent
) -> NewConsent:
    return NewConsent(
        patient_id=patient.id,
        contact_point_id=contact.id,
        given=ConsentGiven(
            channel=pending.channel,
            purpose=pending.purpose,
            granted=True,
            source=pending.source,
            wording_version=pending.wording_version,
            method=pending.method,
            basis=pending.basis,
            detail=pending.detail,
            evidence=f"entry {pending.id}, confirmed by a code sent to this address",
        ),
        state=ConsentState.GRANTED,
        recorded_by=command.scope.actor,
    )


def _not_right() -> PatientReply:
    return PatientReply(refusals=(refuse(UserErrorCode.INVALID, _NOT_RIGHT, "code"),))
