"""What is planned for an enrollment: its reminders, and tasks for staff."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.reminders import Scope
from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.core.holds import OF_ENROLLMENT
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import UNSENT, origins
from services.reminders.database.decisions import decide_each
from services.reminders.database.repository import Repository
from services.reminders.database.tables import outbound, staff_task
from services.reminders.enrollments.domain.enrollment import Enrollment
from services.reminders.enrollments.domain.reminders import (
    Ended,
    NewReminder,
    NewTask,
    Retimed,
    StepTask,
)
from services.reminders.enrollments.domain.revision import WAITING, PlannedRow
from services.reminders.enrollments.storage.planned_reminder_statements import (
    LOSE_CLAIM,
    adding_reminders,
    ending,
    expired_since_pause,
    host_has_begun,
    is_of,
    newest_of,
    planned_row,
    reading,
    retiming,
)

_DENIED = frozenset({Reason.NO_CONSENT, Reason.OPTED_OUT, Reason.SUPPRESSED_OPT_OUT})


class PlannedReminderRepository(Repository):
    """Each change takes a message away from a worker that has claimed it and not begun it."""

    def add(
        self, scope: Scope, enrollment: Enrollment, reminders: Sequence[NewReminder]
    ) -> Sequence[int]:
        """Add what is not planned yet, in one statement. Returns the ids added."""
        if not reminders:
            return []
        return adding_reminders()(
            self._connection,
            reminders=msgspec.json.encode(reminders).decode(),
            clinic_id=scope.clinic_id,
            mode=str(scope.mode),
            patient_id=enrollment.patient_id,
            enrollment_id=enrollment.id,
        )

    def lock(self, key: Key) -> list[PlannedRow]:
        """Read every reminder in order of ids, locked until the transaction ends."""
        # Locked in the order in which workers begin them, so that neither waits for the other.
        locked = (
            sa.select(outbound.c.id)
            .where(*is_of(key), outbound.c.kind == OutboundKind.REMINDER)
            .order_by(outbound.c.due_at, outbound.c.id)
            .with_for_update(key_share=True)
        )
        self._connection.execute(locked).all()
        return [planned_row(row) for row in self._connection.execute(reading(key))]

    def denied(self, key: Key) -> dict[tuple[str, Channel], int]:
        """Find the steps of an enrollment that were skipped because no permission stood.

        By (step key, channel), with the generation of the newest reminder, the one skipped.
        """
        return {
            (row.step_key, row.channel): row.occasion
            for row in self._connection.execute(newest_of(key))
            if row.state is ReminderStatus.SKIPPED and row.state_reason in _DENIED
        }

    def expired_in_pause(self, key: Key) -> set[str]:
        """Find the keys of the steps whose reminder expired since the latest pause began."""
        expired = self._connection.execute(expired_since_pause(key)).scalars()
        return {step_key for step_key in expired if step_key}

    def retime(self, key: Key, retimed: Sequence[Retimed]) -> list[int]:
        """Make waiting reminders due at other times. Returns the ids changed."""
        changed: list[int] = []
        if retimed:
            changed = list(self._connection.execute(retiming(key, retimed)).scalars())
        decided = {change.id: change.decided for change in retimed}
        decide_each(
            self._connection,
            key.clinic_id,
            [(id_, code, detail) for id_ in changed for code, detail in decided[id_]],
        )
        return changed

    def release(self, key: Key, ids: Collection[int], code: Reason) -> list[int]:
        """End the hold on reminders and leave their times. Returns the ids changed."""
        is_held = sa.or_(outbound.c.hold_id.is_not(None), outbound.c.state == ReminderStatus.QUEUED)
        waits = (
            outbound.c.clinic_id == key.clinic_id,
            outbound.c.id.in_(sorted(ids)),
            outbound.c.state.in_(WAITING),
        )
        return self._schedule(key, (*waits, is_held), code, hold_id=None)

    def hold(self, key: Key, code: Reason) -> list[int]:
        """Keep everything that waits from the workers. Returns the ids changed."""
        waits = (
            *is_of(key),
            outbound.c.kind == OutboundKind.REMINDER,
            outbound.c.state.in_((ReminderStatus.SCHEDULED, ReminderStatus.QUEUED)),
            outbound.c.hold_id.is_distinct_from(OF_ENROLLMENT),
        )
        return self._schedule(key, waits, code, hold_id=OF_ENROLLMENT)

    def end(self, key: Key, ended: Sequence[Ended]) -> list[int]:
        """Move reminders to a final state. Returns the ids changed."""
        if not ended:
            return []
        changed = self._connection.execute(ending(key, ended)).all()
        decide_each(
            self._connection, key.clinic_id, [(row.id, row.state_reason, None) for row in changed]
        )
        return [row.id for row in changed]

    def cancel_unsent(self, key: Key, code: Reason) -> Sequence[int]:
        """Cancel what has not begun, corrections as well; an attempt under way goes on."""
        leaving = set(origins(ReminderStatus.CANCELLED)) & {*UNSENT, ReminderStatus.MERGED}
        statement = (
            sa.update(outbound)
            .where(*is_of(key), outbound.c.state.in_(leaving))
            .values(
                state=ReminderStatus.CANCELLED,
                state_reason=code,
                state_at=product_now,
                owner=None,
                lease_until=None,
            )
        )
        return self._decide(key, statement, code)

    def pin_version(self, key: Key, version_id: int) -> None:
        """Store the plan version of every reminder that has begun or ended."""
        self._connection.execute(
            sa.update(outbound)
            .where(
                *is_of(key),
                outbound.c.plan_version_id.is_(None),
                sa.or_(outbound.c.state.not_in(WAITING), host_has_begun()),
            )
            .values(plan_version_id=version_id)
        )

    def _schedule(
        self,
        key: Key,
        which: Sequence[sa.ColumnElement[bool]],
        code: Reason,
        **values: Any,  # noqa: ANN401 - columns of several types
    ) -> list[int]:
        statement = (
            sa.update(outbound)
            .where(*which)
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=code,
                state_at=product_now,
                **values,
                **LOSE_CLAIM,
            )
        )
        return self._decide(key, statement, code)

    def _decide(self, key: Key, statement: sa.Update, code: Reason) -> list[int]:
        changed = list(self._connection.execute(statement.returning(outbound.c.id)).scalars())
        decide_each(self._connection, key.clinic_id, [(id_, code, None) for id_ in changed])
        return changed


class StepTaskRepository(Repository):
    def open(
        self, scope: Scope, patient_id: int, enrollment_id: int, tasks: Sequence[NewTask]
    ) -> None:
        rows = [
            {
                "clinic_id": scope.clinic_id,
                "patient_id": patient_id,
                "enrollment_id": enrollment_id,
                **msgspec.structs.asdict(task),
            }
            for task in tasks
        ]
        if rows:
            self._connection.execute(sa.insert(staff_task).values(opened_at=product_now), rows)

    def steps(self, key: Key) -> list[StepTask]:
        """Read the clinicians' steps of an enrollment, open or done."""
        tasks = self._connection.execute(
            sa.select(
                *(staff_task.c[name] for name in ("id", "step_key", "due_at")),
                staff_task.c.done_at.is_not(None).label("is_done"),
            ).where(
                staff_task.c.clinic_id == key.clinic_id,
                staff_task.c.enrollment_id == key.id,
                staff_task.c.kind == TaskKind.CLINICIAN_STEP,
                staff_task.c.step_key.is_not(None),
            )
        )
        return [StepTask(**row) for row in tasks.mappings()]

    def move(self, key: Key, task_id: int, due_at: datetime) -> None:
        self._connection.execute(
            sa.update(staff_task)
            .where(*_is_open(key), staff_task.c.id == task_id)
            .values(due_at=due_at)
        )

    def close(self, key: Key, task_id: int, by: str) -> None:
        self._close(key, staff_task.c.id == task_id, by)

    def close_confirmation(self, key: Key, by: str) -> None:
        """Close the question whether the procedure took place."""
        self._close_kinds(key, (TaskKind.PROCEDURE_UNCONFIRMED,), by)

    def close_all(self, key: Key, by: str) -> None:
        """Close every task that ends with the enrollment."""
        self._close_kinds(key, (TaskKind.CLINICIAN_STEP, TaskKind.PROCEDURE_UNCONFIRMED), by)

    def _close_kinds(self, key: Key, kinds: Collection[TaskKind], by: str) -> None:
        self._close(key, staff_task.c.kind.in_(kinds), by)

    def _close(self, key: Key, which: sa.ColumnElement[bool], by: str) -> None:
        self._connection.execute(
            sa.update(staff_task)
            .where(*_is_open(key), which)
            .values(done_at=product_now, done_by=by)
        )


def _is_open(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        staff_task.c.clinic_id == key.clinic_id,
        staff_task.c.enrollment_id == key.id,
        staff_task.c.done_at.is_(None),
    )
