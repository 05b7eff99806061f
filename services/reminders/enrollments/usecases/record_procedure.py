"""Records what became of a procedure, and plans care from its true end."""

from collections.abc import Iterator
from typing import Final

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.enrollments import ChangeReply, RecordProcedure
from services.contracts.errors import Caution, Refusal, UserErrorCode, not_found, refuse
from services.contracts.words import EnrollmentStatus, ProcedureState, ReminderStatus
from services.reminders.core.enrollment import EventKind
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.structs import struct_from
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.domain.planning import paper_copy_cautions, times_of
from services.reminders.enrollments.domain.reminders import Ended
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.eligibility import (
    Planning,
    are_aware,
    is_end_of,
    text_faults,
    unrenderable,
    without_offset,
)
from services.reminders.enrollments.usecases.plan_reminders import merge_visit
from services.reminders.enrollments.usecases.read_enrollments import enrollment_record
from services.reminders.enrollments.usecases.replan import (
    ReplanInput,
    Replanned,
    ReplanReason,
    dropping,
    lock_enrollment,
    replan,
    store,
)

_RECORDED: Final = ReplanReason(code=Reason.PROCEDURE_RECORDED)
_OTHER_PLAN: Final = ReplanReason(
    code=Reason.PROCEDURE_RECORDED, removal=Reason.PLAN_CHANGED, adds_late=True, is_other_plan=True
)
_NOT_DONE: Final = (ProcedureState.NO_SHOW, ProcedureState.CANCELLED)


def record_procedure(
    uow: EnrollmentsUnitOfWork,
    command: RecordProcedure,
    *,
    planning: Planning,
) -> ChangeReply:
    """Record what became of the procedure; recording the same again changes nothing."""
    key = Key.within(command.scope, command.enrollment_id)
    before = lock_enrollment(uow, key)
    if before is None:
        return ChangeReply.refused(not_found("enrollment"))
    faults = tuple(_faults(uow, command, before))
    if faults:
        return ChangeReply.refused(*faults)
    if command.state in _NOT_DONE:
        return _call_off(uow, command, before)
    return _perform(uow, command, before, planning)


def _perform(
    uow: EnrollmentsUnitOfWork,
    command: RecordProcedure,
    before: Enrollment,
    planning: Planning,
) -> ChangeReply:
    patient_key = before.patient_key
    patient = uow.patients.get([patient_key])[patient_key]
    plan = uow.plans.get([before.plan_key])[before.plan_key]
    other = _other_plan(uow, command, plan, patient, planning)
    if isinstance(other, Refusal):
        return ChangeReply.refused(other)
    after = _performed(command, before)
    if other is not None:
        refusal = unrenderable(after, patient, other)
        if refusal:
            return ChangeReply.refused(refusal)
    replan_input = ReplanInput(
        before=before, after=after, plan_before=plan, plan_after=other or plan, patient=patient
    )
    replanned = replan(uow, replan_input, _OTHER_PLAN if other else _RECORDED)
    begun = {row.step_channel for row in replanned.rows if row.has_begun}
    channels = uow.clinics.sending_channels(after.clinic_id)
    times = times_of(after, patient, uow.now())
    cautions = (
        *replanned.cautions,
        *_without_end(after),
        *paper_copy_cautions(replanned.planned, times, channels, begun),
    )
    if not command.dry_run:
        _store(uow, command, replanned, other)
    record = enrollment_record(uow, replan_input.key)
    return ChangeReply(enrollment=record, changes=replanned.changes, cautions=cautions)


def _store(
    uow: EnrollmentsUnitOfWork,
    command: RecordProcedure,
    replanned: Replanned,
    other: AftercarePlan | None,
) -> None:
    after, key = replanned.input.after, replanned.input.key
    version = uow.plans.pin(key.clinic_id, other) if other else None
    change = struct_from(
        EnrollmentChange, after, plan_version_id=version, ends_at=None, asks_again=False
    )
    store(uow, command.scope, replanned, change)
    uow.step_tasks.close_confirmation(key, command.scope.actor)
    content = msgspec.msgpack.encode(replanned.changes)
    uow.enrollments.add_event(key, EventKind.RECORDED, command.scope.actor, content)
    merge_visit(uow, command.scope, after)


def _performed(command: RecordProcedure, before: Enrollment) -> Enrollment:
    ended_at = command.ended_at or before.procedure_ended_at
    started_at = before.procedure_at
    if ended_at is not None and ended_at < started_at:  # done earlier than planned
        started_at = ended_at
    was_not_done = before.status is EnrollmentStatus.CANCELLED
    return msgspec.structs.replace(
        before,
        status=EnrollmentStatus.ACTIVE if was_not_done else before.status,
        procedure_at=started_at,
        procedure_ended_at=ended_at,
        procedure_state=ProcedureState.PERFORMED,
        performed_by=command.performed_by or before.performed_by,
    )


def _call_off(
    uow: EnrollmentsUnitOfWork,
    command: RecordProcedure,
    before: Enrollment,
) -> ChangeReply:
    """Cancel what waits: nothing was treated, so there is nothing to care for."""
    key = before.key
    waiting = [row for row in uow.planned_reminders.lock(key) if row.waits]
    changes = dropping(waiting)
    if not command.dry_run:
        ended = [
            Ended(id=row.id, state=ReminderStatus.CANCELLED, code=Reason.PROCEDURE_NOT_DONE)
            for row in waiting
        ]
        change = EnrollmentChange(status=EnrollmentStatus.CANCELLED, procedure_state=command.state)
        uow.enrollments.change(key, change)
        uow.announce_reminders(key.clinic_id, uow.planned_reminders.end(key, ended))
        corrections = uow.planned_reminders.cancel_unsent(key, Reason.PROCEDURE_NOT_DONE)
        uow.announce_reminders(key.clinic_id, corrections)
        uow.step_tasks.close_all(key, command.scope.actor)
        content = msgspec.msgpack.encode(changes)
        uow.enrollments.add_event(key, EventKind.RECORDED, command.scope.actor, content)
        merge_visit(uow, command.scope, before)
    record = enrollment_record(uow, key)
    return ChangeReply(enrollment=record, changes=changes)


def _faults(
    uow: EnrollmentsUnitOfWork, command: RecordProcedure, before: Enrollment
) -> Iterator[Refusal]:
    if not are_aware(command.ended_at):
        yield without_offset("ended_at")
        return
    if not _may_be_recorded(before):
        message = "The enrollment is over."
        yield refuse(UserErrorCode.NOT_ALLOWED, message, "enrollment_id")
    elif command.state is ProcedureState.PERFORMED:
        yield from _end_faults(uow, command, before)
    elif command.state in _NOT_DONE:
        yield from _not_done_faults(uow, command, before)
    else:
        message = "Say what became of it; another time is for moving the enrollment."
        yield refuse(UserErrorCode.INVALID, message, "state")
    yield from text_faults(performed_by=command.performed_by)


def _may_be_recorded(before: Enrollment) -> bool:
    """What was recorded as not done can be corrected; what staff ended stays ended."""
    if before.status is EnrollmentStatus.CANCELLED:
        return before.procedure_state in _NOT_DONE
    return before.status is not EnrollmentStatus.COMPLETED


def _end_faults(
    uow: EnrollmentsUnitOfWork, command: RecordProcedure, before: Enrollment
) -> Iterator[Refusal]:
    now, ended_at = uow.now(), command.ended_at
    if ended_at is None:
        if before.procedure_at > now:
            message = "It was planned for later: say when it ended."
            yield refuse(UserErrorCode.REQUIRED, message, "ended_at")
    elif ended_at > now:
        message = "A procedure that has not ended yet is recorded when it has."
        yield refuse(UserErrorCode.INVALID, message, "ended_at")
    elif ended_at > before.procedure_at and not is_end_of(before.procedure_at, ended_at):
        message = "It ended more than 24 hours after its start: move the enrollment first."
        yield refuse(UserErrorCode.INVALID, message, "ended_at")


def _not_done_faults(
    uow: EnrollmentsUnitOfWork, command: RecordProcedure, before: Enrollment
) -> Iterator[Refusal]:
    for name, value in (("ended_at", command.ended_at), ("plan", command.plan)):
        if value is not None:
            message = "Only for a procedure that was replanned."
            yield refuse(UserErrorCode.INVALID, message, name)
    if command.state is ProcedureState.NO_SHOW and before.procedure_at > uow.now():
        message = "Its time has not come: cancel it instead."
        yield refuse(UserErrorCode.INVALID, message, "state")


def _other_plan(
    uow: EnrollmentsUnitOfWork,
    command: RecordProcedure,
    pinned: AftercarePlan,
    patient: Patient,
    planning: Planning,
) -> AftercarePlan | Refusal | None:
    if command.plan is None or command.plan == pinned.slug:
        return None
    usable = planning.usable_plan(command.scope.clinic_id, command.plan, patient.locale)
    if isinstance(usable, Refusal):
        return usable
    if uow.plans.is_withdrawn(usable.plan):
        return refuse(UserErrorCode.PLAN_WITHDRAWN, "This version was withdrawn.", "plan")
    return usable.plan


def _without_end(after: Enrollment) -> Iterator[Caution]:
    if after.procedure_ended_at is None:
        message = "Nobody said when it ended: care counts from its start."
        yield Caution(code="END_UNKNOWN", message=message)
