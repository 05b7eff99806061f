"""What becomes of an enrollment's reminders and tasks when it moves, pauses or ends."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.chassis.vault import Vault
from services.contracts.reminders import Scope
from services.contracts.words import EnrollmentStatus, ReminderStatus, TaskKind
from services.reminders.core.enrollment_events import EventKind
from services.reminders.core.holds import OF_ENROLLMENT
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.database.decisions import decide_each
from services.reminders.database.moves import is_allowed
from services.reminders.database.tables import enrollment, enrollment_event, outbound, staff_task
from services.reminders.database.unnest import rows
from services.reminders.enrollments.domain.correction import Correction, SentCorrection
from services.reminders.enrollments.domain.enrollment import Enrollment, EnrollmentChange
from services.reminders.enrollments.domain.reminder_change import Ended, Retimed
from services.reminders.enrollments.domain.revision import BEGUN, WAITING, PlannedRow
from services.reminders.enrollments.domain.step_task import StepTask
from services.reminders.enrollments.storage.corrections import (
    add_correction,
    call_off,
    corrections_since,
)
from services.reminders.enrollments.storage.enrollments import read_enrollment

_IN_HAND: dict[str, Any] = {
    # A new token: whoever has claimed the message cannot begin it any more.
    "token": outbound.c.token + 1,
    "owner": None,
    "lease_until": None,
}


class EnrollmentLifeRepository:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def rows(self, key: Key) -> list[PlannedRow]:
        # In the order in which workers begin them, so that the two do not wait for each other.
        """Every reminder in order of ids, locked until the transaction ends."""
        locked = (
            sa.select(outbound.c.id)
            .where(*_of(key), outbound.c.kind == OutboundKind.REMINDER)
            .order_by(outbound.c.due_at, outbound.c.id)
            .with_for_update(key_share=True)
        )
        self._connection.execute(locked).all()
        return [_row(one) for one in self._connection.execute(_planned(key))]

    def visit(self, one: Enrollment) -> list[Enrollment]:
        """An enrollment and those of its visit, locked, in order of ids."""
        same = (enrollment.c.clinic_id == one.clinic_id, enrollment.c.mode == one.mode)
        if one.visit_reference is None:
            which = enrollment.c.id == one.id
        else:
            which = sa.and_(
                enrollment.c.patient_id == one.patient_id,
                enrollment.c.visit_reference == one.visit_reference,
            )
        locked = (
            sa.select(enrollment)
            .where(*same, which)
            .order_by(enrollment.c.id)
            .with_for_update(key_share=True)
        )
        return [read_enrollment(row) for row in self._connection.execute(locked)]

    def change(self, key: Key, change: EnrollmentChange) -> None:
        names = (
            *("status", "procedure_at", "procedure_ended_at", "procedure_state"),
            *("performed_by", "plan_version_id", "ends_at"),
        )
        values: dict[str, Any] = {
            name: value for name in names if (value := getattr(change, name)) is not None
        }
        if change.asks_anew:
            values["confirmation_asked_at"] = None
        if change.status is EnrollmentStatus.ACTIVE:
            values["ended_at"] = None
        elif change.status in (EnrollmentStatus.CANCELLED, EnrollmentStatus.COMPLETED):
            values["ended_at"] = product_now
        if values:
            statement = sa.update(enrollment).where(
                enrollment.c.clinic_id == key.clinic_id,
                enrollment.c.mode == key.mode,
                enrollment.c.id == key.id,
            )
            self._connection.execute(statement.values(**values))

    def move(self, key: Key, moved: Sequence[Retimed]) -> list[int]:
        """Make waiting reminders due at other times; a worker that has one in hand loses it."""
        new = rows(
            "new",
            id=[one.id for one in moved],
            at=[one.due_at for one in moved],
            useful_until=[one.useful_until for one in moved],
            local_due_at=[one.local_due_at for one in moved],
            time_zone=[one.time_zone for one in moved],
            code=[one.decided[-1][0] for one in moved],
        )
        statement = (
            sa.update(outbound)
            .where(
                outbound.c.clinic_id == key.clinic_id,
                outbound.c.id == new.c.id,
                outbound.c.state.in_(WAITING),
            )
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=new.c.code,
                state_at=product_now,
                due_at=new.c.at,
                useful_until=new.c.useful_until,
                local_due_at=new.c.local_due_at,
                time_zone=new.c.time_zone,
                hold_id=None,
                merged_into=None,
                not_before=sa.func.now(),
                **_IN_HAND,
            )
            .returning(outbound.c.id)
        )
        changed = list(self._connection.execute(statement).scalars()) if moved else []
        said = {one.id: one.decided for one in moved}
        decide_each(
            self._connection,
            key.clinic_id,
            [(id_, code, detail) for id_ in changed for code, detail in said[id_]],
        )
        return changed

    def free(self, key: Key, ids: Collection[int], code: str) -> list[int]:
        """Let go of what was held, as it is; a worker that has one in hand loses it."""
        statement = (
            sa.update(outbound)
            .where(
                outbound.c.clinic_id == key.clinic_id,
                outbound.c.id.in_(sorted(ids)),
                outbound.c.state.in_(WAITING),
                sa.or_(
                    outbound.c.hold_id.is_not(None),
                    outbound.c.state == ReminderStatus.QUEUED,
                ),
            )
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=code,
                state_at=product_now,
                hold_id=None,
                **_IN_HAND,
            )
            .returning(outbound.c.id)
        )
        return self._decided(key, statement, code)

    def end(self, key: Key, ended: Sequence[Ended]) -> list[int]:
        if not ended:
            return []
        new = rows(
            "ended",
            id=[one.id for one in ended],
            state=[str(one.state) for one in ended],
            code=[one.code for one in ended],
        )
        statement = (
            sa.update(outbound)
            .where(
                outbound.c.clinic_id == key.clinic_id,
                outbound.c.id == new.c.id,
                is_allowed(new.c.state, {one.state for one in ended}),
            )
            .values(
                state=new.c.state,
                state_reason=new.c.code,
                state_at=product_now,
                hold_id=None,
                **_IN_HAND,
            )
            .returning(outbound.c.id, outbound.c.state_reason)
        )
        changed = self._connection.execute(statement).all()
        decide_each(
            self._connection, key.clinic_id, [(row.id, row.state_reason, None) for row in changed]
        )
        return [row.id for row in changed]

    def hold(self, key: Key, code: str) -> list[int]:
        """Keep everything that waits out of the workers' sight."""
        statement = (
            sa.update(outbound)
            .where(
                *_of(key),
                outbound.c.kind == OutboundKind.REMINDER,
                outbound.c.state.in_((ReminderStatus.SCHEDULED, ReminderStatus.QUEUED)),
                outbound.c.hold_id.is_distinct_from(OF_ENROLLMENT),
            )
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=code,
                state_at=product_now,
                hold_id=OF_ENROLLMENT,
                **_IN_HAND,
            )
            .returning(outbound.c.id)
        )
        return self._decided(key, statement, code)

    def expired_in_pause(self, key: Key) -> set[str]:
        """The keys of the steps with a reminder that expired since the latest pause began."""
        paused_at = (
            sa.select(sa.func.max(enrollment_event.c.at))
            .where(
                enrollment_event.c.clinic_id == key.clinic_id,
                enrollment_event.c.enrollment_id == key.id,
                enrollment_event.c.kind == EventKind.PAUSED,
            )
            .scalar_subquery()
        )
        expired = sa.select(outbound.c.step_key).where(
            *_of(key),
            outbound.c.kind == OutboundKind.REMINDER,
            outbound.c.state == ReminderStatus.EXPIRED,
            outbound.c.state_at > paused_at,
        )
        return {key for key in self._connection.execute(expired).scalars() if key}

    def keep_version(self, key: Key, version_id: int) -> None:
        """Remember by which version of the plan everything ended that has begun or ended."""
        self._connection.execute(
            sa.update(outbound)
            .where(
                *_of(key),
                outbound.c.plan_version_id.is_(None),
                sa.or_(outbound.c.state.not_in(WAITING), is_carried()),
            )
            .values(plan_version_id=version_id)
        )

    def tasks(self, key: Key) -> list[StepTask]:
        found = self._connection.execute(
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
        return [StepTask(**row) for row in found.mappings()]

    def move_task(self, key: Key, task_id: int, due_at: datetime) -> None:
        self._connection.execute(
            sa.update(staff_task)
            .where(*_tasks_of(key), staff_task.c.id == task_id)
            .values(due_at=due_at)
        )

    def close_tasks(self, key: Key, kinds: Collection[TaskKind], by: str) -> None:
        self._connection.execute(
            sa.update(staff_task)
            .where(*_tasks_of(key), staff_task.c.kind.in_(kinds))
            .values(done_at=product_now, done_by=by)
        )

    def close_task(self, key: Key, task_id: int, by: str) -> None:
        self._connection.execute(
            sa.update(staff_task)
            .where(*_tasks_of(key), staff_task.c.id == task_id)
            .values(done_at=product_now, done_by=by)
        )

    def corrections(self, key: Key, since: datetime) -> list[SentCorrection]:
        """Corrections of a patient (the key's) that are due since then and were not called off."""
        return corrections_since(self._connection, key, since)

    def correct(self, scope: Scope, new: Correction, instead_of: int | None) -> int:
        if instead_of is not None:
            call_off(self._connection, scope.clinic_id, instead_of)
        return add_correction(self._connection, self._vault, scope, new)

    def note(self, key: Key, kind: EventKind, actor: str, content: bytes) -> int:
        return self._connection.execute(
            sa.insert(enrollment_event)
            .values(
                clinic_id=key.clinic_id,
                enrollment_id=key.id,
                at=product_now,
                kind=kind,
                actor=actor,
                content=content,
            )
            .returning(enrollment_event.c.id)
        ).scalar_one()

    def noted(self, clinic_id: int, event_id: int) -> tuple[int, bytes]:
        """The enrollment of an event, and the event's content."""
        row = self._connection.execute(
            sa.select(enrollment_event.c.enrollment_id, enrollment_event.c.content).where(
                enrollment_event.c.clinic_id == clinic_id, enrollment_event.c.id == event_id
            )
        ).one()
        return row.enrollment_id, row.content

    def _decided(self, key: Key, statement: sa.Executable, code: str) -> list[int]:
        changed: list[int] = list(self._connection.execute(statement).scalars())
        decide_each(self._connection, key.clinic_id, [(id_, code, None) for id_ in changed])
        return changed


def _of(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        outbound.c.clinic_id == key.clinic_id,
        outbound.c.mode == key.mode,
        outbound.c.enrollment_id == key.id,
    )


def is_carried() -> sa.ColumnElement[bool]:
    """Whether a message is merged into one that has begun: its text went out with that."""
    carrier = outbound.alias("carrying")
    return (
        sa.exists()
        .where(
            outbound.c.state == ReminderStatus.MERGED,
            carrier.c.clinic_id == outbound.c.clinic_id,
            carrier.c.id == outbound.c.merged_into,
            carrier.c.state.in_(BEGUN),
        )
        .correlate(outbound)
    )


def _tasks_of(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        staff_task.c.clinic_id == key.clinic_id,
        staff_task.c.enrollment_id == key.id,
        staff_task.c.done_at.is_(None),
    )


def _planned(key: Key) -> sa.Select[*tuple[Any, ...]]:
    carrier = outbound.alias("carrier")
    names = (
        *("id", "step_key", "step_kind", "channel", "state", "state_reason", "due_at"),
        *("useful_until", "occasion", "hold_id"),
    )
    return (
        sa.select(*(outbound.c[name] for name in names), carrier.c.state.label("carrier_state"))
        .join_from(
            outbound,
            carrier,
            sa.and_(
                carrier.c.clinic_id == outbound.c.clinic_id,
                carrier.c.id == outbound.c.merged_into,
                outbound.c.state == ReminderStatus.MERGED,
            ),
            isouter=True,
        )
        .where(*_of(key), outbound.c.kind == OutboundKind.REMINDER)
        .order_by(outbound.c.id)
    )


def _row(row: sa.Row[Any]) -> PlannedRow:
    return PlannedRow(
        id=row.id,
        step_key=row.step_key,
        step_kind=row.step_kind,
        channel=row.channel,
        state=row.state,
        state_reason=row.state_reason,
        due_at=row.due_at,
        useful_until=row.useful_until,
        occasion=row.occasion,
        is_held=row.hold_id == OF_ENROLLMENT or row.state_reason == "PLAN_WITHDRAWN",
        is_carried=row.carrier_state in BEGUN,
    )
