"""The staff tasks of an enrollment: clinicians' steps, and whether the procedure took place."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.reminders import Scope
from services.contracts.words import TaskKind
from services.reminders.core.key import Key
from services.reminders.database.repository import Repository
from services.reminders.database.tables import staff_task
from services.reminders.enrollments.domain.reminders import NewTask, StepTask


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
