"""Plans an enrollment anew when something about it changes: first computed, then stored.

Whoever only wants to know, computes and stores nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.enrollments import ChangeEffect, ReminderChange
from services.contracts.errors import Caution
from services.contracts.events import ReminderChanged
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import local_text
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.domain.new_reminder import NewReminder
from services.reminders.enrollments.domain.reminder_change import Ended, Retimed
from services.reminders.enrollments.domain.revision import (
    Add,
    Anew,
    End,
    Keep,
    Move,
    Placing,
    PlannedRow,
    Revision,
    revise,
)
from services.reminders.enrollments.domain.schedule import meant_at
from services.reminders.enrollments.domain.step_task import NewTask, StepTask
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork
from services.reminders.enrollments.usecases.plan_reminders import (
    Planned,
    ends_at,
    occasion_of,
    planned_for,
)

A = TypeVar("A")


class ReplanInput(msgspec.Struct, frozen=True, kw_only=True):
    """An enrollment as it was and as it is to be, each with its plan."""

    before: Enrollment
    after: Enrollment
    plan_before: AftercarePlan
    plan_after: AftercarePlan
    patient: Patient
    patient_before: Patient | None = None  # where the patient changed

    @property
    def key(self) -> Key:
        return Key(self.after.clinic_id, self.after.mode, self.after.id)


class ReplanReason(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is the decision recorded; `removed` that about a step that is gone."""

    code: Reason
    removed: Reason = Reason.STEP_REMOVED
    makes_up: bool = False
    is_other_plan: bool = False


class TaskMoves(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the clinician's steps."""

    moved: tuple[tuple[StepTask, datetime], ...] = ()
    closed: tuple[StepTask, ...] = ()
    opened: tuple[NewTask, ...] = ()


class Replanned(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` are the reminders there were."""

    course: ReplanInput
    why: ReplanReason
    rows: Sequence[PlannedRow]
    planned: Planned
    revision: Revision
    tasks: TaskMoves
    changes: tuple[ReminderChange, ...]

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What will not go out, of what this changes."""
        dropped = {one.step_key for one in self.changes if one.effect is ChangeEffect.DROPPED}
        return tuple(
            one for one in self.planned.cautions if one.step_key is None or one.step_key in dropped
        )


def replan(
    uow: EnrollmentsUnitOfWork,
    course: ReplanInput,
    why: ReplanReason,
) -> Replanned:
    """Compute what becomes of everything that was planned; nothing is stored."""
    rows = uow.planned_reminders.lock(course.key)
    planned = planned_for(uow, course.after, course.patient, course.plan_after)
    revision = revise(rows, _anew(uow, course, planned, why))
    tasks = _tasks(uow.step_tasks.steps(course.key), planned, why)
    return Replanned(
        course=course,
        why=why,
        rows=rows,
        planned=planned,
        revision=revision,
        tasks=tasks,
        changes=(*revision.changes, *_task_changes(tasks)),
    )


def store(
    uow: EnrollmentsUnitOfWork,
    scope: Scope,
    done: Replanned,
    change: EnrollmentChange,
) -> None:
    """Store it all, and the enrollment as it is to be."""
    key, course, acts = done.course.key, done.course, done.revision.acts
    uow.enrollments.change(
        key, msgspec.structs.replace(change, ends_at=ends_at(done.planned.placed))
    )
    touched = [
        *uow.planned_reminders.retime(
            key, [_retimed(act, course.patient, done.why) for act in _only(acts, Move)]
        ),
        *uow.planned_reminders.release(
            key, [act.row.id for act in _only(acts, Keep)], done.why.code
        ),
        *uow.planned_reminders.end(
            key,
            [Ended(id=act.row.id, state=act.state, code=act.code) for act in _only(acts, End)],
        ),
        *uow.planned_reminders.add(scope, course.after, list(_added(done))),
    ]
    if change.plan_version_id not in (None, course.before.plan_version_id):
        uow.planned_reminders.pin_version(key, course.before.plan_version_id)
    if course.after.status is EnrollmentStatus.PAUSED:
        touched += uow.planned_reminders.hold(key, Reason.ENROLLMENT_PAUSED)
    _store_tasks(uow, scope, done)
    for number in dict.fromkeys(touched):
        uow.announce(ReminderChanged(clinic_id=key.clinic_id, reminder_id=number))


def dropping(rows: Iterable[PlannedRow]) -> tuple[ReminderChange, ...]:
    """Tell of reminders that are given up, whatever the plan says."""
    return tuple(
        ReminderChange(
            step_key=row.step_key,
            channel=row.channel,
            effect=ChangeEffect.DROPPED,
            was=row.due_at,
        )
        for row in rows
    )


def _anew(
    uow: EnrollmentsUnitOfWork, course: ReplanInput, planned: Planned, why: ReplanReason
) -> Anew:
    before = occasion_of(course.before, course.patient_before or course.patient, uow.now())
    after = occasion_of(course.after, course.patient, uow.now())
    was = {step.key: meant_at(step, before) for step in course.plan_before.steps}
    return Anew(
        now=uow.now(),
        placings={
            one.step.key: Placing(
                was=was.get(one.step.key), now=meant_at(one.step, after), planned=one
            )
            for one in planned.placed
        },
        reachable=tuple((one.step_key, one.channel) for one in planned.reminders),
        shift=course.after.procedure_at - course.before.procedure_at,
        removed=why.removed,
        makes_up=why.makes_up,
        is_other_plan=why.is_other_plan,
    )


def _only(acts: Sequence[object], kind: type[A]) -> Iterator[A]:
    return (act for act in acts if isinstance(act, kind))


def _retimed(act: Move, patient: Patient, why: ReplanReason) -> Retimed:
    planned = act.planned
    because = (one for one in planned.decided if one is not Reason.PLANNED)
    return Retimed(
        id=act.row.id,
        due_at=planned.due_at,
        useful_until=planned.useful_until,
        local_due_at=local_text(planned.due_at, patient.window()),
        time_zone=patient.time_zone,
        decided=((why.code, None), *((decided, None) for decided in because)),
    )


def _added(done: Replanned) -> Iterator[NewReminder]:
    new = {(one.step_key, one.channel): one for one in done.planned.reminders}
    for act in _only(done.revision.acts, Add):
        found, code = new[act.spot], done.why.code
        because = (one for one in found.decided if one[0] != Reason.PLANNED)
        yield msgspec.structs.replace(
            found,
            generation=act.generation,
            state_reason=code if found.state_reason == Reason.PLANNED else found.state_reason,
            decided=((code, None), *because),
        )


def _tasks(known: Sequence[StepTask], planned: Planned, why: ReplanReason) -> TaskMoves:
    wanted = {one.step_key: one for one in planned.tasks}
    steps = set() if why.is_other_plan else {one.step.key for one in planned.placed}
    waiting = [one for one in known if not one.is_done]
    moved = tuple(
        (one, new.due_at)
        for one in waiting
        if one.step_key in steps
        and (new := wanted.get(one.step_key)) is not None
        and new.due_at is not None
        and new.due_at != one.due_at
    )
    there = {one.step_key for one in known} if not why.is_other_plan else set()
    return TaskMoves(
        moved=moved,
        closed=tuple(one for one in waiting if one.step_key not in steps),
        opened=tuple(one for key, one in wanted.items() if key not in there),
    )


def _task_changes(tasks: TaskMoves) -> Iterator[ReminderChange]:
    for task, becomes in tasks.moved:
        yield ReminderChange(
            step_key=task.step_key, effect=ChangeEffect.MOVED, was=task.due_at, becomes=becomes
        )
    for task in tasks.closed:
        yield ReminderChange(step_key=task.step_key, effect=ChangeEffect.DROPPED, was=task.due_at)
    for new in tasks.opened:
        yield ReminderChange(
            step_key=new.step_key or "", effect=ChangeEffect.ADDED, becomes=new.due_at
        )


def _store_tasks(uow: EnrollmentsUnitOfWork, scope: Scope, done: Replanned) -> None:
    key = done.course.key
    for task, due_at in done.tasks.moved:
        uow.step_tasks.move(key, task.id, due_at)
    for task in done.tasks.closed:
        uow.step_tasks.close(key, task.id, scope.actor)
    uow.step_tasks.open(scope, done.course.patient.id, key.id, done.tasks.opened)
