"""Ends an enrollment: what has not begun to be sent is never sent."""

from services.contracts.errors import not_found
from services.contracts.reminders import CancelEnrollment, EnrollmentReply
from services.reminders.core.enrollment import RUNNING
from services.reminders.core.key import Key
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.plan_reminders import merge_visit
from services.reminders.enrollments.usecases.read_enrollments import enrollment_record


def cancel_enrollment(uow: EnrollmentsUnitOfWork, command: CancelEnrollment) -> EnrollmentReply:
    """Cancel; doing it again, or after the enrollment ended by itself, changes nothing.

    An attempt that is under way goes on: its message may have left already.
    """
    key = Key.within(command.scope, command.enrollment_id)
    enrollment = uow.enrollments.lock(key)
    if enrollment is None:
        refusal = not_found("enrollment")
        return EnrollmentReply.refused(refusal)
    if enrollment.status in RUNNING:
        uow.enrollments.cancel(key, command.reason)
        uow.announce_reminders(
            key.clinic_id, uow.planned_reminders.cancel_unsent(key, Reason.ENROLLMENT_CANCELLED)
        )
        uow.step_tasks.close_all(key, command.scope.actor)
        merge_visit(uow, command.scope, enrollment)
    record = enrollment_record(uow, key)
    return EnrollmentReply(enrollment=record)
