"""Parts that several statements share. Each rule that SQL must know is written here once.

The statement that begins an attempt, the fallback to another channel and the reading of a dispatch
context build on these, so they cannot give different answers.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.core.states import origins
from services.reminders.database.tables import (
    consent,
    enrollment,
    outbound,
    plan_version,
    staff_task,
    suppression,
)

Column = sa.ColumnElement[Any]

DUE_TOMORROW: Final = product_now + sa.literal(timedelta(days=1), sa.Interval())
"""When a staff task is due that delivery or planning opens: no task waits without a due time."""


def is_row(
    table: sa.FromClause, source: sa.FromClause, column: str = "id"
) -> sa.ColumnElement[bool]:
    """Whether a row of `table` is the one that `column` of `source` names, in the same clinic."""
    return sa.and_(table.c.clinic_id == source.c.clinic_id, table.c.id == source.c[column])


def locked_batch(
    query: sa.Select[*tuple[Any, ...]],
    limit: int | sa.ColumnElement[int],
    *,
    of: sa.FromClause | None = None,
    name: str = "batch",
) -> sa.CTE:
    """Lock the first rows of a query, and skip those that another process has locked.

    MATERIALIZED keeps the limit and the locks together.
    """
    locked = query.limit(limit).with_for_update(of=of, skip_locked=True)
    return locked.cte(name).prefix_with("MATERIALIZED")


def open_tasks(kind: TaskKind, title: str, *which: sa.ColumnElement[bool]) -> Insert:
    """Open a staff task about each of these messages. The title must name no patient."""
    columns = ("clinic_id", "patient_id", "enrollment_id", "step_key")
    about = sa.select(
        *(outbound.c[name] for name in columns),
        outbound.c.id,
        sa.literal(str(kind)),
        sa.literal(title),
        product_now,
        DUE_TOMORROW,
    ).where(*which)
    return insert(staff_task).from_select(
        [*columns, "outbound_id", "kind", "title", "opened_at", "due_at"], about
    )


def stands_for(clinic_id: Column, channel: Column, address_index: Column) -> sa.ColumnElement[bool]:
    """Whether a row of `suppression` is about this address and has not been lifted."""
    return sa.and_(
        suppression.c.clinic_id == clinic_id,
        suppression.c.channel == channel,
        suppression.c.address_index == address_index,
        suppression.c.lifted_at.is_(None),
    )


def is_suppressed(
    clinic_id: Column, channel: Column, address_index: Column, *which: sa.ColumnElement[bool]
) -> sa.ColumnElement[bool]:
    """Whether a suppression stands for this address; `which` narrows those that count."""
    return (
        sa.exists()
        .where(stands_for(clinic_id, channel, address_index), *which)
        .correlate_except(suppression)
    )


def is_in_ledger(
    ledger: sa.FromClause, clinic_id: Column, patient_id: Column, channel: Column, purpose: Column
) -> sa.ColumnElement[bool]:
    """Whether a row of `consent` is about this patient, channel and purpose."""
    return sa.and_(
        ledger.c.clinic_id == clinic_id,
        ledger.c.patient_id == patient_id,
        ledger.c.channel == channel,
        ledger.c.purpose == purpose,
    )


def newest_consent_id(
    clinic_id: Column, patient_id: Column, channel: Column, purpose: Column
) -> sa.ScalarSelect[Any]:
    """The consent that counts. Rows of the ledger never change, and ids only grow."""
    ledger = consent.alias("ledger")
    return (
        sa.select(sa.func.max(ledger.c.id))
        .where(is_in_ledger(ledger, clinic_id, patient_id, channel, purpose))
        .correlate_except(ledger)
        .scalar_subquery()
    )


def is_claimable(channel: Column, priority: Column) -> sa.ColumnElement[bool]:
    """Whether a message of this channel and priority is due, and nothing keeps it back.

    The priority is compared and never sorted by, so an index gives the rows by `due_at`.
    """
    return sa.and_(
        outbound.c.state.in_(origins(ReminderStatus.QUEUED)),
        outbound.c.channel == channel,
        outbound.c.lane == priority,
        outbound.c.hold_id.is_(None),
        outbound.c.due_at <= product_now,
        outbound.c.not_before <= sa.func.now(),
    )


IS_ITS_ENROLLMENT: Final = is_row(enrollment, outbound, "enrollment_id")

IS_ITS_PLAN: Final = is_row(plan_version, enrollment, "plan_version_id")
"""The version that the enrollment is pinned to now. Ended messages may be of an earlier one."""


def is_allowed(
    target: sa.ColumnElement[Any], targets: Iterable[ReminderStatus]
) -> sa.ColumnElement[bool]:
    """Whether a message may move from its state to the one in the column `target`."""
    return sa.or_(
        sa.false(),
        *(
            sa.and_(target == str(state), outbound.c.state.in_(origins(state)))
            for state in sorted(set(targets))
        ),
    )
