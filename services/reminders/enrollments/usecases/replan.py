"""Plans an enrollment again when something about it changes.

Computing and storing are two steps, so that a dry run computes and stores nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from services.contracts.catalog import AftercarePlan
from services.contracts.enrollments import ChangeEffect, ReminderChange
from services.contracts.errors import Caution
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus
from services.reminders.core.key import Key
from services.reminders.core.patient import Patient
from services.reminders.core.reasons import Reason
from services.reminders.core.windows import local_text
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.domain.planning import Planned, plan_for, times_of
from services.reminders.enrollments.domain.reminders import (
    Ended,
    NewReminder,
    NewTask,
    Retimed,
    StepTask,
)
from services.reminders.enrollments.domain.revision import (
    Add,
    End,
    Keep,
    Move,
    Placing,
    PlannedRow,
    Revision,
    RevisionTarget,
    change_of,
    revise,
)
from services.reminders.enrollments.domain.schedule import ProcedureTimes, nominal_time
from services.reminders.enrollments.storage.unit_of_work import EnrollmentsUnitOfWork

A = TypeVar("A")


class ReplanInput(msgspec.Struct, frozen=True, kw_only=True):
    """An enrollment before and after the change, each with its plan."""

    before: Enrollment
    after: Enrollment
    plan_before: AftercarePlan
    plan_after: AftercarePlan
    patient: Patient
    patient_before: Patient | None = None  # if the patient changed

    @property
    def key(self) -> Key:
        return self.after.key


class ReplanReason(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is the decision recorded; `removal` the one about a step that is gone."""

    code: Reason
    removal: Reason = Reason.STEP_REMOVED
    adds_late: bool = False
    is_other_plan: bool = False


class TaskMoves(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of the clinicians' steps."""

    moved: tuple[tuple[StepTask, datetime], ...] = ()
    closed: tuple[StepTask, ...] = ()
    opened: tuple[NewTask, ...] = ()


class Replanned(msgspec.Struct, frozen=True, kw_only=True):
    """What replanning computed; `rows` are the reminders that were stored."""

    input: ReplanInput
    reason: ReplanReason
    rows: Sequence[PlannedRow]
    planned: Planned
    revision: Revision
    tasks: TaskMoves
    changes: tuple[ReminderChange, ...]

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """What this change keeps from being sent."""
        dropped = {
            change.step_key for change in self.changes if change.effect is ChangeEffect.DROPPED
        }
        return tuple(
            caution
            for caution in self.planned.cautions
            if caution.step_key is None or caution.step_key in dropped
        )


def lock_enrollment(uow: EnrollmentsUnitOfWork, key: Key) -> Enrollment | None:
    """Lock an enrollment and, before it, its patient. Returns None if there is none."""
    enrollment = uow.enrollments.get([key]).get(key)
    if enrollment is None:
        return None
    uow.patients.lock(enrollment.patient_key)
    return uow.enrollments.lock(key) or enrollment


def replan(
    uow: EnrollmentsUnitOfWork,
    replan_input: ReplanInput,
    reason: ReplanReason,
) -> Replanned:
    """Compute what becomes of everything that was planned; nothing is stored."""
    rows = uow.planned_reminders.lock(replan_input.key)
    after = times_of(replan_input.after, replan_input.patient, uow.now())
    planned = plan_for(replan_input.plan_after, replan_input.patient, after)
    revision = revise(rows, _target(replan_input, planned, reason, after))
    tasks = _tasks(uow.step_tasks.steps(replan_input.key), planned, reason)
    return Replanned(
        input=replan_input,
        reason=reason,
        rows=rows,
        planned=planned,
        revision=revision,
        tasks=tasks,
        changes=(*revision.changes, *_task_changes(tasks)),
    )


def store(
    uow: EnrollmentsUnitOfWork,
    scope: Scope,
    replanned: Replanned,
    change: EnrollmentChange,
) -> None:
    """Store what was computed, and the change of the enrollment."""
    replan_input, acts = replanned.input, replanned.revision.acts
    key = replan_input.key
    uow.enrollments.change(key, msgspec.structs.replace(change, ends_at=replanned.planned.ends_at))
    touched = [
        *uow.planned_reminders.retime(
            key,
            [_retimed(act, replan_input.patient, replanned.reason) for act in _only(acts, Move)],
        ),
        *uow.planned_reminders.release(
            key, [act.row.id for act in _only(acts, Keep)], replanned.reason.code
        ),
        *uow.planned_reminders.end(
            key,
            [Ended(id=act.row.id, state=act.state, code=act.code) for act in _only(acts, End)],
        ),
        *uow.planned_reminders.add(scope, replan_input.after, list(_added(replanned))),
    ]
    if change.plan_version_id not in (None, replan_input.before.plan_version_id):
        uow.planned_reminders.pin_version(key, replan_input.before.plan_version_id)
    if replan_input.after.status is EnrollmentStatus.PAUSED:
        touched += uow.planned_reminders.hold(key, Reason.ENROLLMENT_PAUSED)
    _store_tasks(uow, scope, replanned)
    uow.announce_reminders(key.clinic_id, dict.fromkeys(touched))


def dropping(rows: Iterable[PlannedRow]) -> tuple[ReminderChange, ...]:
    """The changes that cancelling the reminders makes."""
    return tuple(change_of(row, ChangeEffect.DROPPED) for row in rows)


def _target(
    replan_input: ReplanInput, planned: Planned, reason: ReplanReason, after: ProcedureTimes
) -> RevisionTarget:
    patient_before = replan_input.patient_before or replan_input.patient
    before = times_of(replan_input.before, patient_before, after.now)
    was = {step.key: nominal_time(step, before) for step in replan_input.plan_before.steps}
    return RevisionTarget(
        now=after.now,
        placings={
            planned_step.step.key: Placing(
                was=was.get(planned_step.step.key),
                now=nominal_time(planned_step.step, after),
                planned=planned_step,
            )
            for planned_step in planned.steps
        },
        reachable=tuple((reminder.step_key, reminder.channel) for reminder in planned.reminders),
        shift=replan_input.after.procedure_at - replan_input.before.procedure_at,
        removal=reason.removal,
        adds_late=reason.adds_late,
        is_other_plan=reason.is_other_plan,
    )


def _only(acts: Sequence[object], kind: type[A]) -> Iterator[A]:
    return (act for act in acts if isinstance(act, kind))


def _retimed(act: Move, patient: Patient, reason: ReplanReason) -> Retimed:
    planned = act.planned
    further = (decided for decided in planned.decided if decided is not Reason.PLANNED)
    return Retimed(
        id=act.row.id,
        due_at=planned.due_at,
        useful_until=planned.useful_until,
        local_due_at=local_text(planned.due_at, patient.window()),
        time_zone=patient.time_zone,
        decided=((reason.code, None), *((decided, None) for decided in further)),
    )


def _added(replanned: Replanned) -> Iterator[NewReminder]:
    new = {
        (reminder.step_key, reminder.channel): reminder for reminder in replanned.planned.reminders
    }
    for act in _only(replanned.revision.acts, Add):
        reminder, code = new[act.step_channel], replanned.reason.code
        further = (decided for decided in reminder.decided if decided[0] != Reason.PLANNED)
        is_plain = reminder.state_reason == Reason.PLANNED
        yield msgspec.structs.replace(
            reminder,
            generation=act.generation,
            state_reason=code if is_plain else reminder.state_reason,
            decided=((code, None), *further),
        )


def _tasks(stored: Sequence[StepTask], planned: Planned, reason: ReplanReason) -> TaskMoves:
    wanted = {task.step_key: task for task in planned.tasks}
    kept_steps: set[str] = set()
    stored_keys: set[str | None] = set()
    if not reason.is_other_plan:
        kept_steps = {planned_step.step.key for planned_step in planned.steps}
        stored_keys = {task.step_key for task in stored}
    waiting = [task for task in stored if not task.is_done]
    moved = tuple(
        (task, new.due_at)
        for task in waiting
        if task.step_key in kept_steps
        and (new := wanted.get(task.step_key)) is not None
        and new.due_at is not None
        and new.due_at != task.due_at
    )
    return TaskMoves(
        moved=moved,
        closed=tuple(task for task in waiting if task.step_key not in kept_steps),
        opened=tuple(task for key, task in wanted.items() if key not in stored_keys),
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


def _store_tasks(uow: EnrollmentsUnitOfWork, scope: Scope, replanned: Replanned) -> None:
    key = replanned.input.key
    for task, due_at in replanned.tasks.moved:
        uow.step_tasks.move(key, task.id, due_at)
    for task in replanned.tasks.closed:
        uow.step_tasks.close(key, task.id, scope.actor)
    uow.step_tasks.open(scope, replanned.input.patient.id, key.id, replanned.tasks.opened)
