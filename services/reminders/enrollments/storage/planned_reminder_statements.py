"""The statements that plan, read and change the reminders of an enrollment."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, distinct_on, insert

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus
from services.reminders.core.enrollment import EventKind
from services.reminders.core.holds import OF_ENROLLMENT
from services.reminders.core.key import Key
from services.reminders.core.outbound import OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.structs import struct_from
from services.reminders.database.decisions import NOW
from services.reminders.database.fragments import is_allowed
from services.reminders.database.precompiled import TYPES, Precompiled, parameter, rows
from services.reminders.database.tables import decision, enrollment_event, outbound
from services.reminders.enrollments.domain.reminders import Ended, NewReminder, Retimed
from services.reminders.enrollments.domain.revision import BEGUN, WAITING, PlannedRow

LOSE_CLAIM: dict[str, Any] = {
    # With a new token, a worker that has claimed the message cannot begin it any more.
    "token": outbound.c.token + 1,
    "owner": None,
    "lease_until": None,
}
_COLUMNS = NewReminder.__struct_encode_fields__
_INSERTED_COLUMNS = tuple(name for name in _COLUMNS if name != "decided")
_SAME = ("clinic_id", "mode", "patient_id", "enrollment_id")


def is_of(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    """Whether a message belongs to an enrollment."""
    return (
        outbound.c.clinic_id == key.clinic_id,
        outbound.c.mode == key.mode,
        outbound.c.enrollment_id == key.id,
    )


def host_has_begun() -> sa.ColumnElement[bool]:
    """Whether a message is merged into one that has begun: its text went out with that."""
    merge_host = outbound.alias("merge_host")
    return (
        sa.exists()
        .where(
            outbound.c.state == ReminderStatus.MERGED,
            merge_host.c.clinic_id == outbound.c.clinic_id,
            merge_host.c.id == outbound.c.merged_into,
            merge_host.c.state.in_(BEGUN),
        )
        .correlate(outbound)
    )


def reading(key: Key) -> sa.Select[*tuple[Any, ...]]:
    merge_host = outbound.alias("merge_host")
    names = (
        *("id", "step_key", "step_kind", "channel", "state", "state_reason", "due_at"),
        *("useful_until", "occasion", "hold_id"),
    )
    return (
        sa.select(*(outbound.c[name] for name in names), merge_host.c.state.label("host_state"))
        .join_from(
            outbound,
            merge_host,
            sa.and_(
                merge_host.c.clinic_id == outbound.c.clinic_id,
                merge_host.c.id == outbound.c.merged_into,
                outbound.c.state == ReminderStatus.MERGED,
            ),
            isouter=True,
        )
        .where(*is_of(key), outbound.c.kind == OutboundKind.REMINDER)
        .order_by(outbound.c.id)
    )


def newest_of(key: Key) -> sa.Select[*tuple[Any, ...]]:
    """The newest reminder of each step and channel of an enrollment."""
    return (
        sa.select(
            *(outbound.c.step_key, outbound.c.channel, outbound.c.occasion),
            *(outbound.c.state, outbound.c.state_reason),
        )
        .ext(distinct_on(outbound.c.step_key, outbound.c.channel))
        .where(
            outbound.c.clinic_id == key.clinic_id,
            outbound.c.enrollment_id == key.id,
            outbound.c.kind == OutboundKind.REMINDER,
        )
        .order_by(outbound.c.step_key, outbound.c.channel, outbound.c.id.desc())
    )


def expired_since_pause(key: Key) -> sa.Select[*tuple[Any, ...]]:
    """The step keys of reminders that expired since the latest pause began."""
    paused_at = (
        sa.select(sa.func.max(enrollment_event.c.at))
        .where(
            enrollment_event.c.clinic_id == key.clinic_id,
            enrollment_event.c.enrollment_id == key.id,
            enrollment_event.c.kind == EventKind.PAUSED,
        )
        .scalar_subquery()
    )
    return sa.select(outbound.c.step_key).where(
        *is_of(key),
        outbound.c.kind == OutboundKind.REMINDER,
        outbound.c.state == ReminderStatus.EXPIRED,
        outbound.c.state_at > paused_at,
    )


def planned_row(row: sa.Row[Any]) -> PlannedRow:
    """Read a row of `reading`."""
    return struct_from(
        PlannedRow,
        row,
        generation=row.occasion,
        is_held=row.hold_id == OF_ENROLLMENT or row.state_reason == Reason.PLAN_WITHDRAWN,
        host_has_begun=row.host_state in BEGUN,
    )


def retiming(key: Key, retimed: Sequence[Retimed]) -> sa.Executable:
    new = rows(
        "new",
        id=[change.id for change in retimed],
        at=[change.due_at for change in retimed],
        useful_until=[change.useful_until for change in retimed],
        local_due_at=[change.local_due_at for change in retimed],
        time_zone=[change.time_zone for change in retimed],
        code=[change.decided[-1][0] for change in retimed],
    )
    return (
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
            **LOSE_CLAIM,
        )
        .returning(outbound.c.id)
    )


def ending(key: Key, ended: Sequence[Ended]) -> sa.Executable:
    new = rows(
        "ended",
        id=[end.id for end in ended],
        state=[str(end.state) for end in ended],
        code=[end.code for end in ended],
    )
    return (
        sa.update(outbound)
        .where(
            outbound.c.clinic_id == key.clinic_id,
            outbound.c.id == new.c.id,
            is_allowed(new.c.state, {end.state for end in ended}),
        )
        .values(
            state=new.c.state,
            state_reason=new.c.code,
            state_at=product_now,
            hold_id=None,
            **LOSE_CLAIM,
        )
        .returning(outbound.c.id, outbound.c.state_reason)
    )


@cache
def adding_reminders() -> Precompiled[int]:
    """Insert reminders and their decisions in one statement.

    The reminders are passed as JSON, which PostgreSQL takes apart.
    """
    new = _given_reminders()
    same: dict[str, sa.ColumnElement[Any]] = {
        **{name: parameter(name, TYPES.get(name, sa.BigInteger())) for name in _SAME},
        "kind": sa.literal(str(OutboundKind.REMINDER), sa.Text()),
        "state_at": NOW,
        "created_at": NOW,
    }
    added = (
        insert(outbound)
        .from_select(
            [*_INSERTED_COLUMNS, *same],
            sa.select(*(new.c[name] for name in _INSERTED_COLUMNS), *same.values()),
        )
        .on_conflict_do_nothing()
        .returning(outbound.c.id, outbound.c.step_key, outbound.c.channel)
        .cte("added")
    )
    is_same = (new.c.step_key == added.c.step_key) & (new.c.channel == added.c.channel)
    first, further = (
        new.c.decided[0],
        sa.func.nullif(new.c.decided.op("-")(sa.text("0")), sa.text("'[]'::jsonb")),
    )
    columns = {
        "clinic_id": same["clinic_id"],
        "outbound_id": added.c.id,
        "at": NOW,
        "code": first[0].astext,
        "detail": first[1].astext,
        "further": further,
    }
    decisions = sa.select(*columns.values()).join_from(added, new, is_same)
    decided = sa.insert(decision).from_select([*columns], decisions).cte("decided")
    return Precompiled(sa.select(added.c.id).add_cte(decided), int)


def _given_reminders() -> sa.CTE:
    columns = [
        sa.column(name, JSONB() if name == "decided" else TYPES.get(name, sa.BigInteger()))
        for name in _COLUMNS
    ]
    table = sa.func.json_to_recordset(parameter("reminders", sa.JSON)).table_valued(
        *columns, name="row"
    )
    return sa.select(*table.render_derived(with_types=True).c).cte("new")
