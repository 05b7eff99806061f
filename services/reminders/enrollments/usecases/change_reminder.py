"""What staff do to one reminder: snooze it, cancel it, send it again."""

import msgspec

from services.contracts.enrollments import (
    CancelReminder,
    ReminderReply,
    RetryReminder,
    SnoozeReminder,
)
from services.contracts.errors import Refusal, UserErrorCode, not_found, refuse
from services.contracts.operations import MessageFilter
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus, ReminderStatus
from services.reminders.core.enrollment import RUNNING
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import NoOpening, local_text, next_opening
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.reminders import Ended, Retimed
from services.reminders.enrollments.domain.revision import PlannedRow
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.eligibility import are_aware, without_offset
from services.reminders.enrollments.usecases.plan_reminders import merge_visit
from services.reminders.enrollments.usecases.read_reminders import get_reminders


class _Target(msgspec.Struct, frozen=True):
    """A locked reminder and its enrollment."""

    row: PlannedRow
    enrollment: Enrollment

    @property
    def key(self) -> Key:
        return self.enrollment.key


def snooze_reminder(
    uow: EnrollmentsUnitOfWork,
    command: SnoozeReminder,
) -> ReminderReply:
    """Make it due at that time, or when the patient's quiet hours are over."""
    target = _find(uow, command.scope, command.reminder_id)
    if isinstance(target, Refusal):
        return ReminderReply.refused(target)
    if not are_aware(command.until):
        return ReminderReply.refused(without_offset("until"))
    patient_key = target.enrollment.patient_key
    patient = uow.patients.get([patient_key])[patient_key]
    later = _later(uow, command, target, patient)
    if isinstance(later, Refusal):
        return ReminderReply.refused(later)
    changed = uow.planned_reminders.retime(target.key, [later])
    uow.announce_reminders(target.key.clinic_id, changed)
    if target.enrollment.status is EnrollmentStatus.PAUSED:
        uow.planned_reminders.hold(target.key, Reason.ENROLLMENT_PAUSED)
    merge_visit(uow, command.scope, target.enrollment)
    return _reply(uow, command.scope, target.row.id)


def cancel_reminder(
    uow: EnrollmentsUnitOfWork,
    command: CancelReminder,
) -> ReminderReply:
    """Cancel for good what has not begun; cancelling twice changes nothing."""
    target = _find(uow, command.scope, command.reminder_id)
    if isinstance(target, Refusal):
        return ReminderReply.refused(target)
    if target.row.state is not ReminderStatus.CANCELLED:
        if not target.row.waits:
            return ReminderReply.refused(_past_waiting(target.row))
        ended = Ended(
            id=target.row.id, state=ReminderStatus.CANCELLED, code=Reason.REMINDER_CANCELLED
        )
        changed = uow.planned_reminders.end(target.key, [ended])
        uow.announce_reminders(target.key.clinic_id, changed)
        merge_visit(uow, command.scope, target.enrollment)
    return _reply(uow, command.scope, target.row.id)


def retry_reminder(
    uow: EnrollmentsUnitOfWork,
    command: RetryReminder,
) -> ReminderReply:
    """Send it again. A new reminder follows one that failed, and the reply has it."""
    target = _find(uow, command.scope, command.reminder_id)
    if isinstance(target, Refusal):
        return ReminderReply.refused(target)
    refusal = _retry_refusal(uow, command, target)
    if refusal:
        return ReminderReply.refused(refusal)
    selected = MessageFilter(clinic_id=command.scope.clinic_id, message_id=target.row.id)
    if target.row.state is ReminderStatus.FAILED:
        sent = uow.troubled_messages.retry_failed(selected, 1)
    else:
        sent = uow.troubled_messages.retry_unknown(selected, command.scope.actor, 1)
    if not sent:
        message = "It was sent again before."
        return ReminderReply.refused(refuse(UserErrorCode.CONFLICT, message, "reminder_id"))
    [(_, reminder_id)] = sent
    uow.announce_reminders(command.scope.clinic_id, [reminder_id])
    return _reply(uow, command.scope, reminder_id)


def _find(uow: EnrollmentsUnitOfWork, scope: Scope, reminder_id: int) -> _Target | Refusal:
    key = Key.within(scope, reminder_id)
    stored = uow.reminders.get([key]).get(key)
    if stored is None:
        return not_found("reminder")
    enrollment_key = Key.within(scope, stored.enrollment_id)
    enrollment = uow.enrollments.lock(enrollment_key)
    rows = uow.planned_reminders.lock(enrollment_key)
    row = next((row for row in rows if row.id == reminder_id), None)
    if enrollment is None or row is None:
        message = "There is no such reminder any more."
        return refuse(UserErrorCode.NOT_FOUND, message, "reminder_id")
    return _Target(row, enrollment)


def _later(
    uow: EnrollmentsUnitOfWork, command: SnoozeReminder, target: _Target, patient: Patient
) -> Retimed | Refusal:
    row, window = target.row, patient.window()
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


def _retry_refusal(
    uow: EnrollmentsUnitOfWork, command: RetryReminder, target: _Target
) -> Refusal | None:
    row = target.row
    if row.state not in (ReminderStatus.FAILED, ReminderStatus.UNKNOWN):
        message = "Only what failed, or what nobody knows to have arrived, is sent again."
        return refuse(UserErrorCode.NOT_ALLOWED, message, "reminder_id")
    if target.enrollment.status not in RUNNING:
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


def _reply(uow: EnrollmentsUnitOfWork, scope: Scope, reminder_id: int) -> ReminderReply:
    key = Key.within(scope, reminder_id)
    return ReminderReply(reminder=get_reminders(uow, [key]).get(key))
