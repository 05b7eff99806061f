"""What staff do to one reminder: put it off, cancel it, send it again."""

from typing import Final

import msgspec

from services.contracts.enrollments import (
    CancelReminder,
    ReminderReply,
    RetryReminder,
    SnoozeReminder,
)
from services.contracts.errors import Refusal, UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.operations import MessageFilter
from services.contracts.reminders import GetReminders, Scope
from services.contracts.words import EnrollmentStatus, ReminderStatus
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.refusing import refuse
from services.reminders.core.windows import NoOpening, local_text, next_opening
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.reminder_change import Ended, Retimed
from services.reminders.enrollments.domain.revision import PlannedRow
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.merge_visit import merge_visit
from services.reminders.enrollments.usecases.procedure_times import are_aware, without_offset
from services.reminders.enrollments.usecases.read_reminders import get_reminders

_RUNNING: Final = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)


class _Found(msgspec.Struct, frozen=True):
    """A reminder that nobody else changes meanwhile, and what it belongs to."""

    row: PlannedRow
    enrollment: Enrollment

    @property
    def key(self) -> Key:
        return Key(self.enrollment.clinic_id, self.enrollment.mode, self.enrollment.id)


def snooze_reminder(
    uow: EnrollmentsUnitOfWork,
    command: SnoozeReminder,
) -> ReminderReply:
    """Make it due then, or when the patient's quiet hours are over."""
    found = _find(uow, command.scope, command.reminder_id)
    if isinstance(found, Refusal):
        return _refused(found)
    if not are_aware(command.until):
        return _refused(without_offset("until"))
    patient_key = Key.within(command.scope, found.enrollment.patient_id)
    patient = uow.patients.get([patient_key])[patient_key]
    later = _later(uow, command, found, patient)
    if isinstance(later, Refusal):
        return _refused(later)
    _announce(uow, command.scope, *uow.planned_reminders.retime(found.key, [later]))
    if found.enrollment.status is EnrollmentStatus.PAUSED:
        uow.planned_reminders.hold(found.key, Reason.ENROLLMENT_PAUSED)
    merge_visit(uow, command.scope, found.enrollment)
    return _reply(uow, command.scope, found.row.id)


def cancel_reminder(
    uow: EnrollmentsUnitOfWork,
    command: CancelReminder,
) -> ReminderReply:
    """Cancel for good what has not begun; cancelling twice changes nothing."""
    found = _find(uow, command.scope, command.reminder_id)
    if isinstance(found, Refusal):
        return _refused(found)
    if found.row.state is not ReminderStatus.CANCELLED:
        if not found.row.waits:
            return _refused(_past_waiting(found.row))
        ended = Ended(
            id=found.row.id, state=ReminderStatus.CANCELLED, code=Reason.REMINDER_CANCELLED
        )
        _announce(uow, command.scope, *uow.planned_reminders.end(found.key, [ended]))
        merge_visit(uow, command.scope, found.enrollment)
    return _reply(uow, command.scope, found.row.id)


def retry_reminder(
    uow: EnrollmentsUnitOfWork,
    command: RetryReminder,
) -> ReminderReply:
    """Answer with the reminder that is sent: a new one follows one that failed."""
    found = _find(uow, command.scope, command.reminder_id)
    if isinstance(found, Refusal):
        return _refused(found)
    refusal = _unfit(uow, command, found)
    if refusal:
        return _refused(refusal)
    which = MessageFilter(clinic_id=command.scope.clinic_id, message_id=found.row.id)
    if found.row.state is ReminderStatus.FAILED:
        sent = uow.troubled_messages.retry_failed(which, 1)
    else:
        sent = uow.troubled_messages.retry_unknown(which, command.scope.actor, 1)
    if not sent:
        message = "It was sent again before."
        return _refused(refuse(UserErrorCode.CONFLICT, message, "reminder_id"))
    [(_, number)] = sent
    _announce(uow, command.scope, number)
    return _reply(uow, command.scope, number)


def _find(uow: EnrollmentsUnitOfWork, scope: Scope, number: int) -> _Found | Refusal:
    key = Key.within(scope, number)
    stored = uow.reminders.get([key]).get(key)
    if stored is None:
        message = "There is no such reminder."
        return refuse(UserErrorCode.NOT_FOUND, message, "reminder_id")
    enrollment_key = Key.within(scope, stored.enrollment_id)
    enrollment = uow.enrollments.lock(enrollment_key)
    row = next(
        (one for one in uow.planned_reminders.lock(enrollment_key) if one.id == number), None
    )
    if enrollment is None or row is None:
        message = "There is no such reminder any more."
        return refuse(UserErrorCode.NOT_FOUND, message, "reminder_id")
    return _Found(row, enrollment)


def _later(
    uow: EnrollmentsUnitOfWork, command: SnoozeReminder, found: _Found, patient: Patient
) -> Retimed | Refusal:
    row, window = found.row, patient.window()
    if not row.waits:
        return _past_waiting(row)
    if command.until <= uow.now():
        return refuse(UserErrorCode.IN_THE_PAST, "That moment has passed.", "until")
    if command.until < row.due_at:
        message = "It is due later than that: it cannot be sent sooner."
        return refuse(UserErrorCode.INVALID, message, "until")
    try:
        due_at = next_opening(command.until, window)
    except NoOpening:
        due_at = row.useful_until
    if due_at >= row.useful_until:
        message = "It would be of no use any more by then; cancel it instead."
        return refuse(UserErrorCode.TOO_LATE, message, "until")
    return Retimed(
        id=row.id,
        due_at=due_at,
        useful_until=row.useful_until,
        local_due_at=local_text(due_at, window),
        time_zone=patient.time_zone,
        decided=((Reason.SNOOZED, f"by {command.scope.actor}"),),
    )


def _unfit(uow: EnrollmentsUnitOfWork, command: RetryReminder, found: _Found) -> Refusal | None:
    row = found.row
    if row.state not in (ReminderStatus.FAILED, ReminderStatus.UNKNOWN):
        message = "Only what failed, or what nobody knows to have arrived, is sent again."
        return refuse(UserErrorCode.NOT_ALLOWED, message, "reminder_id")
    if found.enrollment.status not in _RUNNING:
        return refuse(UserErrorCode.NOT_ALLOWED, "The enrollment is over.", "reminder_id")
    if row.useful_until <= uow.now():
        return refuse(UserErrorCode.TOO_LATE, "It is of no use any more.", "reminder_id")
    if row.state is ReminderStatus.UNKNOWN and not command.accept_possible_duplicate:
        message = "It may have arrived: accept that the patient may get it twice."
        return refuse(UserErrorCode.REQUIRED, message, "accept_possible_duplicate")
    return None


def _past_waiting(row: PlannedRow) -> Refusal:
    if row.has_begun:
        return refuse(UserErrorCode.TOO_LATE, "It is on its way or was sent.", "reminder_id")
    return refuse(UserErrorCode.NOT_ALLOWED, "It has ended without being sent.", "reminder_id")


def _announce(uow: EnrollmentsUnitOfWork, scope: Scope, *numbers: int) -> None:
    for number in numbers:
        uow.announce(ReminderChanged(clinic_id=scope.clinic_id, reminder_id=number))


def _reply(uow: EnrollmentsUnitOfWork, scope: Scope, number: int) -> ReminderReply:
    [(record,)] = get_reminders(uow, [GetReminders(scope=scope, ids=(number,))])
    return ReminderReply(reminder=record)


def _refused(refusal: Refusal) -> ReminderReply:
    return ReminderReply(refusals=(refusal,))
