"""Moves a procedure and everything planned around it, in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.enrollments import ChangeReply, ReminderChange, RescheduleEnrollment
from services.contracts.errors import Caution, Refusal, UserErrorCode, not_found, refuse
from services.contracts.words import ProcedureState
from services.reminders.core.enrollment import RUNNING, EventKind
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.correct import correction_for, store_correction
from services.reminders.enrollments.usecases.eligibility import (
    are_aware,
    same_visits,
    start_faults,
    without_offset,
)
from services.reminders.enrollments.usecases.plan_reminders import merge_visit
from services.reminders.enrollments.usecases.read_enrollments import enrollment_record
from services.reminders.enrollments.usecases.replan import (
    ReplanInput,
    Replanned,
    ReplanReason,
    replan,
    store,
)

MUTATION: Final = "rescheduleEnrollment"
_REASON: Final = ReplanReason(code=Reason.PROCEDURE_MOVED)


class StoredReply(msgspec.Struct, frozen=True):
    """What is stored of a reply, so that a repeated request gets it again."""

    changes: tuple[ReminderChange, ...] = ()
    cautions: tuple[Caution, ...] = ()


def reschedule_enrollment(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
) -> ChangeReply:
    """Move what waits and leave what has begun; the reply says which is which."""
    if command.idempotency_key is None or command.dry_run:
        return _reschedule(uow, command)[0]
    remembered = uow.idempotency.get(MUTATION, command)
    if remembered is None:
        reply, event_id = _reschedule(uow, command)
        if event_id is not None:
            uow.idempotency.put(MUTATION, command, event_id)
        return reply
    if not remembered.is_same_input:
        message = "This idempotency key was used for another move."
        return ChangeReply.refused(refuse(UserErrorCode.CONFLICT, message, "idempotency_key"))
    return _repeat(uow, command, remembered.result_id)


def _repeat(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
    event_id: int,
) -> ChangeReply:
    enrollment_id, content = uow.enrollments.event(command.scope.clinic_id, event_id)
    stored = msgspec.msgpack.decode(content, type=StoredReply)
    record = enrollment_record(uow, Key.within(command.scope, enrollment_id))
    return ChangeReply(enrollment=record, changes=stored.changes, cautions=stored.cautions)


def _reschedule(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
) -> tuple[ChangeReply, int | None]:
    """Returns the reply, and the id of the event that stores it if anything was stored."""
    key = Key.within(command.scope, command.enrollment_id)
    enrollment = uow.enrollments.get([key]).get(key)
    if enrollment is None:
        return ChangeReply.refused(not_found("enrollment")), None
    uow.patients.lock(enrollment.patient_key)
    visit = {member.id: member for member in uow.enrollments.lock_visit(enrollment)}
    main = visit[enrollment.id]
    faults = tuple(_faults(uow, command, main))
    if faults:
        return ChangeReply.refused(*faults), None
    patient = uow.patients.get([main.patient_key])[main.patient_key]
    moving = [main, *_others(main, visit.values(), command)]
    inputs = _replan_inputs(uow, moving, command, patient)
    moves = [replan(uow, replan_input, _REASON) for replan_input in inputs]
    correction = correction_for(uow, moves)
    stored = StoredReply(
        changes=(
            *(change for move in moves for change in move.changes),
            *((correction.change(),) if correction else ()),
        ),
        cautions=tuple(dict.fromkeys(caution for move in moves for caution in move.cautions)),
    )
    event_id = None
    if not command.dry_run:
        event_id = _store(uow, command, moves, stored)
        if correction:
            store_correction(uow, command.scope, correction)
        merge_visit(uow, command.scope, moves[0].input.after)
    record = enrollment_record(uow, key)
    return ChangeReply(
        enrollment=record, changes=stored.changes, cautions=stored.cautions
    ), event_id


def _store(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
    moves: Sequence[Replanned],
    stored: StoredReply,
) -> int:
    content = msgspec.msgpack.encode(stored)
    event_ids = []
    for move in moves:
        key, moved_to = move.input.key, move.input.after.procedure_at
        store(uow, command.scope, move, EnrollmentChange(procedure_at=moved_to, asks_again=True))
        if moved_to > uow.now():
            uow.step_tasks.close_confirmation(key, command.scope.actor)
        event_ids.append(
            uow.enrollments.add_event(key, EventKind.RESCHEDULED, command.scope.actor, content)
        )
    return event_ids[0]


def _faults(
    uow: EnrollmentsUnitOfWork, command: RescheduleEnrollment, main: Enrollment
) -> Iterator[Refusal]:
    expected = command.expected_procedure_at
    if not are_aware(command.procedure_at, expected):
        yield without_offset("procedure_at")
        return
    yield from start_faults(command.procedure_at, uow.now())
    if main.status not in RUNNING:
        message = "The enrollment has ended: enroll the patient again."
        yield refuse(UserErrorCode.NOT_ALLOWED, message, "enrollment_id")
    elif main.procedure_state is not ProcedureState.PLANNED:
        message = "What became of the procedure is recorded: correct that instead."
        yield refuse(UserErrorCode.NOT_ALLOWED, message, "enrollment_id")
    elif expected is not None and expected != main.procedure_at:
        message = "Somebody else has moved the procedure: look at it again."
        yield refuse(UserErrorCode.STALE, message, "expected_procedure_at")
    elif same := _in_the_way(uow, command, main):
        message = "The patient is enrolled in this plan for that procedure already."
        yield refuse(UserErrorCode.CONFLICT, message, "procedure_at", existing_id=same.id)


def _in_the_way(
    uow: EnrollmentsUnitOfWork, command: RescheduleEnrollment, main: Enrollment
) -> Enrollment | None:
    plan = uow.plans.get([main.plan_key])[main.plan_key]
    number = main.visit_reference
    same = same_visits(uow, main.patient_key, plan, command.procedure_at, number)
    return next((other for other in same if other.id != main.id), None)


def _others(
    main: Enrollment, visit: Iterable[Enrollment], command: RescheduleEnrollment
) -> list[Enrollment]:
    if not command.whole_visit:
        return []
    return [
        member
        for member in visit
        if member.id != main.id
        and member.status in RUNNING
        and member.procedure_state is ProcedureState.PLANNED
    ]


def _replan_inputs(
    uow: EnrollmentsUnitOfWork,
    moving: Sequence[Enrollment],
    command: RescheduleEnrollment,
    patient: Patient,
) -> Iterator[ReplanInput]:
    plans = uow.plans.get([before.plan_key for before in moving])
    zone = ZoneInfo(patient.clinic.time_zone)
    for before in moving:
        plan = plans[before.plan_key]
        moved_to = _along(moving[0].procedure_at, command.procedure_at, before.procedure_at, zone)
        yield ReplanInput(
            before=before,
            after=msgspec.structs.replace(before, procedure_at=moved_to),
            plan_before=plan,
            plan_after=plan,
            patient=patient,
        )


def _along(was: datetime, becomes: datetime, other: datetime, zone: ZoneInfo) -> datetime:
    """Move another procedure of the visit as far, on the clinic's wall clock."""
    if other == was:
        return becomes
    local = (at.astimezone(zone).replace(tzinfo=None) for at in (was, becomes, other))
    local_was, local_becomes, local_other = local
    moved = local_other + (local_becomes - local_was)
    return moved.replace(tzinfo=zone).astimezone(UTC)
