"""Follows up on sent reminders: questions open, and lost messages are returned."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert

from services.chassis.clock import product_now
from services.contracts.catalog import AftercareStep, StepKind
from services.contracts.durations import parse_duration
from services.contracts.words import CheckInLevel, ReminderStatus
from services.reminders.check_ins.domain.follow_up import (
    LOST,
    MAY_HAVE_ARRIVED,
    LostMessage,
)
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.structs import struct_from
from services.reminders.database.delivery_tables import TO_FOLLOW, TO_FOLLOW_MERGED
from services.reminders.database.fragments import IS_ITS_ENROLLMENT, is_row, locked_batch
from services.reminders.database.tables import check_in, enrollment, escalation, outbound
from services.reminders.enrollments.storage.plans import PlanRepository, PlanVersions

_BATCH = 200
_MAY_REACH = (
    *(ReminderStatus.SCHEDULED, ReminderStatus.QUEUED, ReminderStatus.SENDING),
    *(ReminderStatus.ACCEPTED, ReminderStatus.DELIVERED, ReminderStatus.UNKNOWN),
    ReminderStatus.MERGED,
)
_SENT = (ReminderStatus.ACCEPTED, ReminderStatus.DELIVERED, ReminderStatus.UNKNOWN)

Row = sa.Row[*tuple[Any, ...]]
merge_host = outbound.alias("merge_host")


class SentCheckIns:
    """For the check-in timers. Rows that another dispatcher has locked are skipped."""

    def __init__(self, connection: sa.Connection, plan_versions: PlanVersions) -> None:
        self._connection = connection
        self._plan_versions = plan_versions

    def follow_up(self) -> Sequence[LostMessage]:
        """Open the questions that were sent. Returns the messages that were lost, each once."""
        changed = self._claim(_to_follow_up())
        merged = self._claim(_merged_and_sent())
        asked = [row for row in changed if row.step_kind is StepKind.CHECK_IN] + merged
        keys = [(row.clinic_id, row.id) for row in asked if row.state not in LOST]
        if keys:
            which = sa.tuple_(outbound.c.clinic_id, outbound.c.id).in_(keys)
            open_check_ins(self._connection, self._plan_versions, which)
        return self._lost([(row.clinic_id, row.id) for row in changed if row.state in LOST])

    def _claim(self, batch: sa.CTE) -> list[Row]:
        statement = (
            sa.update(outbound)
            .where(is_row(outbound, batch))
            .values(followed_state=outbound.c.state)
            .returning(outbound.c.clinic_id, outbound.c.id, outbound.c.step_kind, outbound.c.state)
        )
        return list(self._connection.execute(statement))

    def _lost(self, keys: Sequence[tuple[int, int]]) -> list[LostMessage]:
        """Leaves out messages of steps that reach, or may still reach, the patient otherwise."""
        if not keys:
            return []
        other = outbound.alias("other")
        is_reached = (
            sa.exists()
            .where(
                other.c.clinic_id == outbound.c.clinic_id,
                other.c.enrollment_id == outbound.c.enrollment_id,
                other.c.step_key == outbound.c.step_key,
                other.c.id != outbound.c.id,
                other.c.state.in_(_MAY_REACH),
            )
            .correlate(outbound)
        )
        query = (
            sa.select(
                *(outbound, enrollment.c.status.label("enrollment_status")),
                *(enrollment.c.procedure_state, enrollment.c.procedure_at),
            )
            .join(enrollment, IS_ITS_ENROLLMENT)
            .where(sa.tuple_(outbound.c.clinic_id, outbound.c.id).in_(keys), ~is_reached)
            .order_by(outbound.c.clinic_id, outbound.c.id)
        )
        return [_lost_message(row) for row in self._connection.execute(query)]

    def must_phone(self, lost: LostMessage) -> None:
        """Alert staff at once that the patient did not get the safety text."""
        self._connection.execute(
            sa.update(escalation)
            .where(
                escalation.c.clinic_id == lost.clinic_id,
                escalation.c.enrollment_id == lost.enrollment_id,
                escalation.c.resolved_at.is_(None),
                ~escalation.c.must_phone,
            )
            .values(
                must_phone=True,
                alert_at=sa.case((escalation.c.acknowledged_at.is_(None), product_now)),
            )
        )

    def mark_unreached(self, lost: LostMessage) -> None:
        """Close a question that was not delivered as UNREACHED, unless it was answered."""
        closed = insert(check_in).from_select(
            [
                *("clinic_id", "outbound_id", "mode", "patient_id", "contact_point_id"),
                *("enrollment_id", "step_key", "level", "opened_at", "closes_at"),
            ],
            sa.select(
                *(outbound.c.clinic_id, outbound.c.id, outbound.c.mode, outbound.c.patient_id),
                *(outbound.c.contact_point_id, outbound.c.enrollment_id, outbound.c.step_key),
                *(sa.literal(str(CheckInLevel.UNREACHED)), product_now, product_now),
            ).where(outbound.c.clinic_id == lost.clinic_id, outbound.c.id == lost.id),
        )
        self._connection.execute(
            closed.on_conflict_do_update(
                index_elements=["clinic_id", "enrollment_id", "step_key"],
                set_={"level": CheckInLevel.UNREACHED, "nudge_at": None},
                where=check_in.c.level == CheckInLevel.WAITING,
            )
        )


def open_check_ins(
    connection: sa.Connection, plan_versions: PlanVersions, which: sa.ColumnElement[bool]
) -> None:
    """Open the questions of these reminders that may have arrived and are not open yet."""
    rows = connection.execute(_sent(which)).all()
    plans = PlanRepository(connection, plan_versions).get(
        [(row.clinic_id, row.plan_version_id) for row in rows]
    )
    values = []
    for row in rows:
        steps = plans[row.clinic_id, row.plan_version_id].steps
        values += _new_check_ins(row, (step for step in steps if step.key == row.step_key))
    if values:
        connection.execute(_insert_check_ins(), values)


@cache
def _insert_check_ins() -> Insert:
    """Reopens a check-in that was closed before it was asked, as by a STOP."""
    new = insert(check_in)
    columns = ("outbound_id", "contact_point_id", "level", "opened_at", "nudge_at", "closes_at")
    return new.on_conflict_do_update(
        index_elements=["clinic_id", "enrollment_id", "step_key"],
        set_={name: new.excluded[name] for name in columns},
        where=sa.and_(~was_asked(), check_in.c.answered_at.is_(None)),
    )


def was_asked() -> sa.ColumnElement[bool]:
    """Whether the question was ever asked. One that was not has its opening as its closing time."""
    return check_in.c.opened_at < check_in.c.closes_at


def _new_check_ins(row: Row, steps: Iterable[AftercareStep]) -> list[dict[str, Any]]:
    names = (*("clinic_id", "mode", "patient_id", "contact_point_id", "enrollment_id", "step_key"),)
    return [
        {
            **{name: getattr(row, name) for name in names},
            "outbound_id": row.id,
            "level": CheckInLevel.WAITING,
            "opened_at": row.left_at,
            "nudge_at": row.left_at + parse_duration(step.check_in.nudge_after),
            "closes_at": row.left_at + parse_duration(step.check_in.close_after),
        }
        for step in steps
        if step.check_in is not None
    ]


def _sent(which: sa.ColumnElement[bool]) -> sa.Select[*tuple[Any, ...]]:
    is_open = (
        sa.exists()
        .where(
            check_in.c.clinic_id == outbound.c.clinic_id,
            check_in.c.enrollment_id == outbound.c.enrollment_id,
            check_in.c.step_key == outbound.c.step_key,
            was_asked(),
        )
        .correlate(outbound)
    )
    state = sa.func.coalesce(merge_host.c.state, outbound.c.state, type_=outbound.c.state.type)
    return (
        sa.select(
            *(outbound.c.clinic_id, outbound.c.id, outbound.c.mode, outbound.c.patient_id),
            *(outbound.c.contact_point_id, outbound.c.enrollment_id, outbound.c.step_key),
            sa.func.coalesce(merge_host.c.state_at, outbound.c.state_at).label("left_at"),
            enrollment.c.plan_version_id,
        )
        .join(enrollment, IS_ITS_ENROLLMENT)
        .outerjoin(merge_host, _is_its_merge_host())
        .where(
            which,
            outbound.c.kind == OutboundKind.REMINDER,
            outbound.c.step_kind == StepKind.CHECK_IN,
            state.in_(MAY_HAVE_ARRIVED),
            ~is_open,
        )
        .order_by(outbound.c.id)
    )


def _to_follow_up() -> sa.CTE:
    changed = (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(sa.text(TO_FOLLOW))
        .order_by(outbound.c.state_at)
    )
    return locked_batch(changed, _BATCH, of=outbound)


def _merged_and_sent() -> sa.CTE:
    """Questions that were merged into a message of another step, which was sent."""
    is_sent = (
        sa.exists().where(_is_its_merge_host(), merge_host.c.state.in_(_SENT)).correlate(outbound)
    )
    merged = (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(sa.text(TO_FOLLOW_MERGED), outbound.c.due_at <= product_now, is_sent)
        .order_by(outbound.c.due_at)
    )
    return locked_batch(merged, _BATCH, of=outbound)


def _is_its_merge_host() -> sa.ColumnElement[bool]:
    return sa.and_(
        is_row(merge_host, outbound, "merged_into"),
        outbound.c.state == ReminderStatus.MERGED,
    )


def _lost_message(row: Row) -> LostMessage:
    return struct_from(LostMessage, row, reason=row.state_reason, ended_at=row.state_at)
