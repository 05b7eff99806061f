"""Staff stop using an address, or use it again."""

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.reminders import PatientReply
from services.contracts.replies import LiftSuppression, SuppressContact
from services.contracts.words import SuppressionReason
from services.reminders.core.key import Key
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.patients.storage.unit_of_work import PatientsUnitOfWork
from services.reminders.patients.usecases.patient_input import FIELDS
from services.reminders.patients.usecases.read_patients import record_for


def suppress_contact(uow: PatientsUnitOfWork, command: SuppressContact) -> PatientReply:
    """Suppress an address: what falls due meanwhile is skipped, and the rest waits."""
    key = Key.within(command.scope, command.patient_id)
    contact = _contact(uow, key, command.channel)
    if isinstance(contact, Refusal):
        return PatientReply.refused(contact)
    if not command.reason.strip():
        return _refused(UserErrorCode.REQUIRED, "Say why.", "reason")
    uow.suppressions.suppress_by_staff(key, contact, command.scope.actor, command.reason)
    return _reply(uow, key, command)


def lift_suppression(uow: PatientsUnitOfWork, command: LiftSuppression) -> PatientReply:
    """Lift what bounced, was reported or was entered by hand; lifting nothing changes nothing."""
    key = Key.within(command.scope, command.patient_id)
    contact = _contact(uow, key, command.channel)
    if isinstance(contact, Refusal):
        return PatientReply.refused(contact)
    if not command.evidence.strip():
        return _refused(UserErrorCode.REQUIRED, "Say how you know.", "evidence")
    if SuppressionReason.OPT_OUT in contact.suppressions:
        message = "This address has opted out; only a message from it can undo that."
        return _refused(UserErrorCode.OPTED_OUT, message, "channel")
    uow.suppressions.lift_by_staff(key, contact, command.scope.actor, command.evidence)
    return _reply(uow, key, command)


def _contact(uow: PatientsUnitOfWork, key: Key, channel: Channel) -> ContactPoint | Refusal:
    """The patient's address on a channel; the patient is locked until the transaction ends."""
    if not uow.patients.lock(key):
        return not_found("patient")
    contact = _patient(uow, key).contact(channel)
    if contact is None:
        message = f"The patient has no {FIELDS.get(channel, 'address')}."
        return refuse(UserErrorCode.INVALID, message, "channel")
    return contact


def _patient(uow: PatientsUnitOfWork, key: Key) -> Patient:
    return uow.patients.get([key])[key]


def _reply(
    uow: PatientsUnitOfWork, key: Key, command: SuppressContact | LiftSuppression
) -> PatientReply:
    return PatientReply(patient=record_for(command.scope.role, _patient(uow, key)))


def _refused(code: UserErrorCode, message: str, field: str) -> PatientReply:
    return PatientReply.refused(refuse(code, message, field))
