"""Sends codes that confirm what a web form says, and grants what they confirm.

Whoever holds a publishable key could be anybody, so nothing here tells whether there is such a
patient: a request for one that is not there is counted like any other, and a code for it is as
wrong as a wrong one.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from services.contracts.catalog import Channel
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.patients import ConfirmConsent
from services.contracts.reminders import ConsentGiven, ConsentRecord, PatientReply, Scope
from services.contracts.words import ConsentState, Role
from services.reminders.core.books import Books, Key, NewConsent
from services.reminders.core.patient import ContactPoint, Patient
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.usecases.plan_reminders import plan_missing
from services.reminders.patients.usecases.read_patients import record_for


class Room(StrEnum):
    """Whether one more code may be sent, or whose limit is reached."""

    FREE = "FREE"
    KEY = "KEY"
    SUBJECT = "SUBJECT"
    ADDRESS = "ADDRESS"


class SentCode(msgspec.Struct, frozen=True, kw_only=True):
    """The newest code of a patient and channel, while it holds."""

    id: int
    clinic_id: int
    contact_point_id: int


class Codes(Protocol):
    """In the transaction of one command; times are real."""

    def room(
        self, scope: Scope, channel: Channel, *, patient_id: int | None, address: str | None
    ) -> Room:
        """Look at the limits; who asks for the same meanwhile waits."""
        ...

    def note(self, scope: Scope, channel: Channel, patient_id: int) -> None:
        """Count a request that sends nothing."""
        ...

    def send(
        self, scope: Scope, patient: Patient, contact: ContactPoint, *, is_asked_for: bool
    ) -> None:
        """Make a code and have it sent; codes sent before hold no longer.

        One that is asked for by the patient's id counts for the limit of that id.
        """
        ...

    def newest(self, key: Key, channel: Channel) -> SentCode | None: ...
    def spend_try(self, sent: SentCode, code: str) -> bool:
        """Whether this is the code; each look costs one of its tries."""
        ...

    def use(self, sent: SentCode) -> None:
        """End the code; its address is verified from now on."""
        ...


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
    codes: Codes, scope: Scope, patient: Patient, channel: Channel, *, is_asked_for: bool
) -> None:
    """Have a code sent, unless the address must not be used: of that nothing is said."""
    contact = patient.contact(channel)
    if contact is None or contact.suppressions:
        codes.note(scope, channel, patient.id)
    else:
        codes.send(scope, patient, contact, is_asked_for=is_asked_for)


def confirm_consent(books: Books, codes: Codes, command: ConfirmConsent) -> PatientReply:
    """Grant what waits on the channel; a code is used up by it."""
    key = Key.within(command.scope, command.patient_id)
    if not books.patients.lock(key):
        return _not_right()
    patient = books.patients.get([key])[key]
    contact = patient.contact(command.channel)
    sent = codes.newest(key, command.channel)
    if sent is None or contact is None or contact.id != sent.contact_point_id:
        return _not_right()
    if not codes.spend_try(sent, command.code):
        return _not_right()
    codes.use(sent)
    for pending in _pending(patient, command.channel):
        books.consents.add(command.scope, _granted(pending, patient, contact, command))
    renewed = books.patients.get([key])[key]
    for enrollment in books.enrollments.active(key):
        plan_missing(books, command.scope, enrollment, renewed)
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
