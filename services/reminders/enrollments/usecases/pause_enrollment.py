"""Keeps an enrollment's messages back for a while, and lets them go on."""

from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from services.contracts.enrollments import PauseEnrollment, ResumeEnrollment
from services.contracts.errors import Caution, Refusal, UserErrorCode
from services.contracts.events import ReminderChanged
from services.contracts.reminders import EnrollmentReply
from services.contracts.words import EnrollmentStatus
from services.reminders.core.enrollment import EventKind
from services.reminders.core.key import Key
from services.reminders.core.reasons import Reason
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.merge_visit import merge_visit
from services.reminders.enrollments.usecases.read_enrollments import enrollment_records
from services.reminders.enrollments.usecases.replan import (
    ReplanInput,
    Replanned,
    ReplanReason,
    replan,
    store,
)

_WHY: Final = ReplanReason(code=Reason.ENROLLMENT_RESUMED)


def pause_enrollment(uow: EnrollmentsUnitOfWork, command: PauseEnrollment) -> EnrollmentReply:
    """Hold what has not begun; an attempt that is under way goes on."""
    key = Key.within(command.scope, command.enrollment_id)
    found = uow.enrollments.lock(key)
    if found is None:
        return _unknown()
    if found.status is EnrollmentStatus.ACTIVE:
        uow.planned_reminders.lock(key)  # locked, in the order in which workers begin them
        uow.enrollments.change(key, EnrollmentChange(status=EnrollmentStatus.PAUSED))
        held = uow.planned_reminders.hold(key, Reason.ENROLLMENT_PAUSED)
        uow.enrollment_events.add(key, EventKind.PAUSED, command.scope.actor, b"")
        merge_visit(uow, command.scope, _with(found, EnrollmentStatus.PAUSED))
        # What another enrollment's message carried is on its own now.
        for number in (*held, *uow.planned_reminders.hold(key, Reason.ENROLLMENT_PAUSED)):
            uow.announce(ReminderChanged(clinic_id=key.clinic_id, reminder_id=number))
    elif found.status is not EnrollmentStatus.PAUSED:
        return _over()
    return _reply(uow, key)


def resume_enrollment(uow: EnrollmentsUnitOfWork, command: ResumeEnrollment) -> EnrollmentReply:
    """Let go what was held; what has become late is sent, or not, as its step says.

    Cautions name what the pause cost: what is given up now, and what expired meanwhile.
    """
    key = Key.within(command.scope, command.enrollment_id)
    found = uow.enrollments.get([key]).get(key)
    if found is None:
        return _unknown()
    patient_key = Key.within(command.scope, found.patient_id)
    uow.patients.lock(patient_key)
    before = uow.enrollments.lock(key) or found
    if before.status is EnrollmentStatus.ACTIVE:
        return _reply(uow, key)
    if before.status is not EnrollmentStatus.PAUSED:
        return _over()
    pinned = (before.clinic_id, before.plan_version_id)
    plan = uow.plans.get([pinned])[pinned]
    course = ReplanInput(
        before=before,
        after=_with(before, EnrollmentStatus.ACTIVE),
        plan_before=plan,
        plan_after=plan,
        patient=uow.patients.get([patient_key])[patient_key],
    )
    done = replan(uow, course, _WHY)
    cautions = (*done.cautions, *_missed(done, uow.planned_reminders.expired_in_pause(key)))
    store(uow, command.scope, done, EnrollmentChange(status=EnrollmentStatus.ACTIVE))
    uow.enrollment_events.add(
        key, EventKind.RESUMED, command.scope.actor, msgspec.msgpack.encode(done.changes)
    )
    merge_visit(uow, command.scope, course.after)
    return msgspec.structs.replace(_reply(uow, key), cautions=cautions)


def _missed(done: Replanned, expired: Collection[str]) -> Iterator[Caution]:
    for step in done.course.plan_before.steps:
        if step.key in expired:
            message = f"“{step.title}” was not sent: it expired while the enrollment was paused."
            yield Caution(code="EXPIRED_IN_PAUSE", message=message, step_key=step.key)


def _with(found: Enrollment, status: EnrollmentStatus) -> Enrollment:
    return msgspec.structs.replace(found, status=status)


def _reply(uow: EnrollmentsUnitOfWork, key: Key) -> EnrollmentReply:
    (record,) = enrollment_records(uow, uow.enrollments.get([key]).values())
    return EnrollmentReply(enrollment=record)


def _unknown() -> EnrollmentReply:
    message = "There is no such enrollment."
    return _refused(refuse(UserErrorCode.NOT_FOUND, message, "enrollment_id"))


def _over() -> EnrollmentReply:
    return _refused(refuse(UserErrorCode.NOT_ALLOWED, "The enrollment is over.", "enrollment_id"))


def _refused(refusal: Refusal) -> EnrollmentReply:
    return EnrollmentReply(refusals=(refusal,))
