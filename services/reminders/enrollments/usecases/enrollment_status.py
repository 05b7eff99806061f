"""Pauses, resumes and cancels an enrollment."""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from services.contracts.enrollments import PauseEnrollment, ResumeEnrollment
from services.contracts.errors import Caution, UserErrorCode, not_found, refuse
from services.contracts.reminders import CancelEnrollment, EnrollmentReply
from services.contracts.words import EnrollmentStatus
from services.reminders.core.enrollment import RUNNING, EventKind
from services.reminders.core.key import Key
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.plan_reminders import merge_visit
from services.reminders.enrollments.usecases.read_enrollments import enrollment_record
from services.reminders.enrollments.usecases.replan import (
    ReplanInput,
    Replanned,
    ReplanReason,
    lock_enrollment,
    replan,
    store,
)

_REASON: Final = ReplanReason(code=Reason.ENROLLMENT_RESUMED)


def pause_enrollment(uow: EnrollmentsUnitOfWork, command: PauseEnrollment) -> EnrollmentReply:
    """Hold what has not begun; an attempt that is under way goes on."""
    key = Key.within(command.scope, command.enrollment_id)
    enrollment = uow.enrollments.lock(key)
    if enrollment is None:
        return EnrollmentReply.refused(not_found("enrollment"))
    if enrollment.status is EnrollmentStatus.ACTIVE:
        uow.planned_reminders.lock(key)
        uow.enrollments.change(key, EnrollmentChange(status=EnrollmentStatus.PAUSED))
        held = uow.planned_reminders.hold(key, Reason.ENROLLMENT_PAUSED)
        uow.enrollments.add_event(key, EventKind.PAUSED, command.scope.actor, b"")
        merge_visit(uow, command.scope, _with(enrollment, EnrollmentStatus.PAUSED))
        # What was merged into another enrollment's message is split from it now.
        held += uow.planned_reminders.hold(key, Reason.ENROLLMENT_PAUSED)
        uow.announce_reminders(key.clinic_id, held)
    elif enrollment.status is not EnrollmentStatus.PAUSED:
        return _over()
    return _reply(uow, key)


def resume_enrollment(uow: EnrollmentsUnitOfWork, command: ResumeEnrollment) -> EnrollmentReply:
    """Release what was held; what has become late is sent or dropped as its step says.

    Cautions name what is not sent because of the pause: what is dropped now and what expired.
    """
    key = Key.within(command.scope, command.enrollment_id)
    before = lock_enrollment(uow, key)
    if before is None:
        return EnrollmentReply.refused(not_found("enrollment"))
    if before.status is EnrollmentStatus.ACTIVE:
        return _reply(uow, key)
    if before.status is not EnrollmentStatus.PAUSED:
        return _over()
    plan = uow.plans.get([before.plan_key])[before.plan_key]
    replan_input = ReplanInput(
        before=before,
        after=_with(before, EnrollmentStatus.ACTIVE),
        plan_before=plan,
        plan_after=plan,
        patient=uow.patients.get([before.patient_key])[before.patient_key],
    )
    replanned = replan(uow, replan_input, _REASON)
    cautions = (
        *replanned.cautions,
        *_missed(replanned, uow.planned_reminders.expired_in_pause(key)),
    )
    store(uow, command.scope, replanned, EnrollmentChange(status=EnrollmentStatus.ACTIVE))
    uow.enrollments.add_event(
        key, EventKind.RESUMED, command.scope.actor, msgspec.msgpack.encode(replanned.changes)
    )
    merge_visit(uow, command.scope, replan_input.after)
    return msgspec.structs.replace(_reply(uow, key), cautions=cautions)


def _missed(replanned: Replanned, expired: Collection[str]) -> Iterator[Caution]:
    for step in replanned.input.plan_before.steps:
        if step.key in expired:
            message = f"“{step.title}” was not sent: it expired while the enrollment was paused."
            yield Caution(code="EXPIRED_IN_PAUSE", message=message, step_key=step.key)


def _with(enrollment: Enrollment, status: EnrollmentStatus) -> Enrollment:
    return msgspec.structs.replace(enrollment, status=status)


def _reply(uow: EnrollmentsUnitOfWork, key: Key) -> EnrollmentReply:
    return EnrollmentReply(enrollment=enrollment_record(uow, key))


def _over() -> EnrollmentReply:
    return EnrollmentReply.refused(
        refuse(UserErrorCode.NOT_ALLOWED, "The enrollment is over.", "enrollment_id")
    )


def cancel_enrollment(uow: EnrollmentsUnitOfWork, command: CancelEnrollment) -> EnrollmentReply:
    """Cancel; doing it again, or after the enrollment ended by itself, changes nothing.

    An attempt that is under way goes on: its message may have left already.
    """
    key = Key.within(command.scope, command.enrollment_id)
    enrollment = uow.enrollments.lock(key)
    if enrollment is None:
        return EnrollmentReply.refused(not_found("enrollment"))
    if enrollment.status in RUNNING:
        uow.enrollments.cancel(key, command.reason)
        cancelled = uow.planned_reminders.cancel_unsent(key, Reason.ENROLLMENT_CANCELLED)
        uow.announce_reminders(key.clinic_id, cancelled)
        uow.step_tasks.close_all(key, command.scope.actor)
        merge_visit(uow, command.scope, enrollment)
    return _reply(uow, key)
