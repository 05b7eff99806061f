"""Moves a procedure and everything planned around it, in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from services.contracts.enrollments import ChangeReply, ReminderChange, RescheduleEnrollment
from services.contracts.errors import Caution, Refusal, UserErrorCode
from services.contracts.words import EnrollmentStatus, ProcedureState
from services.reminders.core.enrollment import EventKind
from services.reminders.core.fingerprint import fingerprint
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.refusing import refuse
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.correct import correction_for, store_correction
from services.reminders.enrollments.usecases.merge_visit import merge_visit
from services.reminders.enrollments.usecases.procedure_times import (
    are_aware,
    start_faults,
    without_offset,
)
from services.reminders.enrollments.usecases.read_enrollments import enrollment_records
from services.reminders.enrollments.usecases.replan import (
    ReplanInput,
    Replanned,
    ReplanReason,
    replan,
    store,
)

MUTATION: Final = "rescheduleEnrollment"
RUNNING: Final = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
_WHY: Final = ReplanReason(code=Reason.PROCEDURE_MOVED)


class Said(msgspec.Struct, frozen=True):
    """What is kept of an answer, so that a repeated request gets it again."""

    changes: tuple[ReminderChange, ...] = ()
    cautions: tuple[Caution, ...] = ()


def reschedule_enrollment(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
) -> ChangeReply:
    """Move what waits, leave what has begun, and say which is which."""
    scope, key = command.scope, command.idempotency_key
    if key is None or command.dry_run:
        return _reschedule(uow, command)[0]
    given = fingerprint(command)
    remembered = uow.idempotency.get(scope, MUTATION, key, given)
    if remembered is None:
        reply, event_id = _reschedule(uow, command)
        if event_id is not None:
            uow.idempotency.put(scope, MUTATION, key, given, event_id)
        return reply
    if not remembered.is_same_input:
        message = "This idempotency key was used for another move."
        return _refused(refuse(UserErrorCode.CONFLICT, message, "idempotency_key"))
    return _again(uow, command, remembered.result_id)


def _again(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
    event_id: int,
) -> ChangeReply:
    number, content = uow.enrollment_events.get(command.scope.clinic_id, event_id)
    said = msgspec.msgpack.decode(content, type=Said)
    found = uow.enrollments.get([Key.within(command.scope, number)])
    (record,) = enrollment_records(uow, found.values())
    return ChangeReply(enrollment=record, changes=said.changes, cautions=said.cautions)


def _reschedule(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
) -> tuple[ChangeReply, int | None]:
    """Answer, with the id of the event that keeps the answer where something was stored."""
    key = Key.within(command.scope, command.enrollment_id)
    found = uow.enrollments.get([key]).get(key)
    if found is None:
        message = "There is no such enrollment."
        return _refused(refuse(UserErrorCode.NOT_FOUND, message, "enrollment_id")), None
    uow.patients.lock(_patient_key(found))
    visit = {one.id: one for one in uow.enrollments.lock_visit(found)}
    main = visit[found.id]
    faults = tuple(_faults(uow, command, main))
    if faults:
        return ChangeReply(refusals=faults), None
    patient = uow.patients.get([_patient_key(main)])[_patient_key(main)]
    moving = [main, *_others(main, visit.values(), command)]
    courses = _courses(uow, moving, command, patient)
    done = [replan(uow, course, _WHY) for course in courses]
    correction = correction_for(uow, done)
    said = Said(
        changes=(
            *(change for one in done for change in one.changes),
            *((correction.change(),) if correction else ()),
        ),
        cautions=tuple(dict.fromkeys(one for each in done for one in each.cautions)),
    )
    event_id = None
    if not command.dry_run:
        event_id = _store(uow, command, done, said)
        if correction:
            store_correction(uow, command.scope, correction)
        merge_visit(uow, command.scope, done[0].course.after)
    (record,) = enrollment_records(uow, uow.enrollments.get([key]).values())
    return ChangeReply(enrollment=record, changes=said.changes, cautions=said.cautions), event_id


def _store(
    uow: EnrollmentsUnitOfWork,
    command: RescheduleEnrollment,
    done: Sequence[Replanned],
    said: Said,
) -> int:
    content = msgspec.msgpack.encode(said)
    numbers = []
    for one in done:
        change = EnrollmentChange(procedure_at=one.course.after.procedure_at, asks_anew=True)
        store(uow, command.scope, one, change)
        if one.course.after.procedure_at > uow.now():
            uow.step_tasks.close_confirmation(one.course.key, command.scope.actor)
        number = uow.enrollment_events.add(
            one.course.key, EventKind.RESCHEDULED, command.scope.actor, content
        )
        numbers.append(number)
    return numbers[0]


def _faults(
    uow: EnrollmentsUnitOfWork, command: RescheduleEnrollment, main: Enrollment
) -> Iterator[Refusal]:
    expected = command.expected_procedure_at
    if not are_aware(command.procedure_at, expected):
        yield without_offset("procedure_at")
        return
    yield from start_faults(command.procedure_at, uow.now())
    if main.status not in RUNNING:
        message = "The enrollment is over: enroll the patient anew."
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
    others = [
        one
        for one in uow.enrollments.active(_patient_key(main))
        if one.id != main.id and one.procedure_at == command.procedure_at
    ]
    keys = [(one.clinic_id, one.plan_version_id) for one in (main, *others)]
    slugs = {key: plan.slug for key, plan in uow.plans.get(keys).items()}
    wanted = slugs[keys[0]]
    return next(
        (one for one in others if slugs[one.clinic_id, one.plan_version_id] == wanted), None
    )


def _others(
    main: Enrollment, visit: Iterable[Enrollment], command: RescheduleEnrollment
) -> list[Enrollment]:
    if not command.whole_visit:
        return []
    return [
        one
        for one in visit
        if one.id != main.id
        and one.status in RUNNING
        and one.procedure_state is ProcedureState.PLANNED
    ]


def _courses(
    uow: EnrollmentsUnitOfWork,
    moving: Sequence[Enrollment],
    command: RescheduleEnrollment,
    patient: Patient,
) -> Iterator[ReplanInput]:
    plans = uow.plans.get([(one.clinic_id, one.plan_version_id) for one in moving])
    zone = ZoneInfo(patient.clinic.time_zone)
    for one in moving:
        plan = plans[one.clinic_id, one.plan_version_id]
        moved_to = _along(moving[0].procedure_at, command.procedure_at, one.procedure_at, zone)
        yield ReplanInput(
            before=one,
            after=msgspec.structs.replace(one, procedure_at=moved_to),
            plan_before=plan,
            plan_after=plan,
            patient=patient,
        )


def _along(was: datetime, becomes: datetime, other: datetime, zone: ZoneInfo) -> datetime:
    """Move another procedure of the visit by as much, on the clinic's wall clock."""
    if other == was:
        return becomes
    local = (at.astimezone(zone).replace(tzinfo=None) for at in (was, becomes, other))
    local_was, local_becomes, local_other = local
    moved = local_other + (local_becomes - local_was)
    return moved.replace(tzinfo=zone).astimezone(UTC)


def _patient_key(one: Enrollment) -> Key:
    return Key(one.clinic_id, one.mode, one.patient_id)


def _refused(refusal: Refusal) -> ChangeReply:
    return ChangeReply(refusals=(refusal,))
