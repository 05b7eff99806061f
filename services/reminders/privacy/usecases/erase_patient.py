"""Forgets who a patient is and what was said, and keeps what names nobody."""

from collections.abc import Sequence
from typing import Protocol

from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.privacy import ErasePatient, EraseReply
from services.contracts.words import Role
from services.reminders.core.books import Books, Key
from services.reminders.core.refusing import refuse


class PatientFile(Protocol):
    """Everything of one patient, wherever it lies; in the transaction of one command."""

    def hold(self, key: Key) -> bool:
        """Keep a patient, erased or not, from being written to; False when there is none."""
        ...

    def is_in_danger(self, key: Key) -> bool:
        """Whether staff are still to see to something urgent, and need to reach the patient."""
        ...

    def end(self, key: Key, by: str) -> Sequence[int]:
        """End enrollments, tasks and what has not begun; answers with the messages cancelled."""
        ...

    def forget(self, key: Key) -> None:
        """Forget names, addresses, texts, evidence, notes, and replies kept for repeated asks."""
        ...

    def seal_off(self, key: Key, by: str, reason: str) -> None:
        """Say who erased the patient and why; the first time stands."""
        ...


def erase_patient(books: Books, file: PatientFile, command: ErasePatient) -> EraseReply:
    """Erase; again, it forgets what has come since.

    What is in flight ends as it may: its text has left already. No reply, and no repeat of an
    earlier command, brings anything back.
    """
    key = Key.within(command.scope, command.patient_id)
    if refusal := _obstacle(file, command, key):
        return EraseReply(refusals=(refusal,))
    by = command.scope.actor
    for number in file.end(key, by):
        books.announce(ReminderChanged(clinic_id=key.clinic_id, reminder_id=number))
    file.forget(key)
    file.seal_off(key, by, command.reason)
    return EraseReply(patient_id=key.id)


def _obstacle(file: PatientFile, command: ErasePatient, key: Key) -> Refusal | None:
    if command.scope.role is not Role.ADMIN:
        return refuse(UserErrorCode.NOT_ALLOWED, "Only an administrator may erase a patient.")
    if not command.reason.strip():
        return refuse(UserErrorCode.REQUIRED, "Say why, without naming the patient.", "reason")
    if not file.hold(key):
        return refuse(UserErrorCode.NOT_FOUND, "There is no such patient.", "patient_id")
    if file.is_in_danger(key):
        message = "An escalation is open, and its patient must be reached: resolve it first."
        return refuse(UserErrorCode.CONFLICT, message, "patient_id")
    return None
