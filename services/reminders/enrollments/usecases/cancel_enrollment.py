"""Ends an enrollment: what has not begun to be sent is never sent."""

from services.contracts.errors import UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.reminders import CancelEnrollment, EnrollmentReply
from services.contracts.words import EnrollmentStatus
from services.reminders.core.key import Key
from services.reminders.core.reasons import Reason
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.merge_visit import merge_visit
from services.reminders.enrollments.usecases.read_enrollments import enrollment_records


def cancel_enrollment(uow: EnrollmentsUnitOfWork, command: CancelEnrollment) -> EnrollmentReply:
    """Cancel; doing it again, or after the enrollment ended by itself, changes nothing.

    An attempt that is under way goes on: its message may have left already.
    """
    key = Key.within(command.scope, command.enrollment_id)
    found = uow.enrollments.lock(key)
    if found is None:
        message = "There is no such enrollment."
        refusal = refuse(UserErrorCode.NOT_FOUND, message, "enrollment_id")
        return EnrollmentReply(refusals=(refusal,))
    if found.status in (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED):
        uow.enrollments.cancel(key, command.reason)
        for number in uow.planned_reminders.cancel_unsent(key, Reason.ENROLLMENT_CANCELLED):
            uow.announce(ReminderChanged(clinic_id=key.clinic_id, reminder_id=number))
        uow.step_tasks.close_all(key, command.scope.actor)
        merge_visit(uow, command.scope, found)
    (record,) = enrollment_records(uow, uow.enrollments.get([key]).values())
    return EnrollmentReply(enrollment=record)
