"""Storing what became of attempts."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from services.chassis.clock import product_now
from services.contracts.words import AttemptOutcome, ReminderStatus, SuppressionReason, TaskKind
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import IDLE
from services.reminders.database.fragments import DUE_TOMORROW, is_allowed, is_row
from services.reminders.database.precompiled import (
    Precompiled,
    fields_of,
    rows,
    table_of,
    values_of,
)
from services.reminders.database.tables import (
    decision,
    delivery_attempt,
    outbound,
    staff_task,
    suppression,
)
from services.reminders.delivery.domain.attempts import Ending
from services.reminders.delivery.storage.fallbacks import fall_back
from services.reminders.delivery.storage.parts import settle_parts

_UNANSWERED = (AttemptOutcome.OPEN, AttemptOutcome.UNKNOWN)

Key = tuple[int, int]
Guard = Callable[[sa.TableValuedAlias], sa.ColumnElement[bool]]


def end(connection: sa.Connection, endings: Sequence[Ending], guard: Guard) -> set[Key]:
    """Move the messages that the guard lets through, and end their attempts.

    Returns their keys. Needs a transaction if an ending has consequences.
    """
    if not endings:
        return set()
    moved = set(_ending(guard)(connection, **_values(endings)))
    for ending in endings:
        if ending.key in moved and has_consequences(ending):
            _follow(connection, ending)
    return moved


def has_consequences(ended: Ending) -> bool:
    """Whether more follows than that the message moves and its attempt ends."""
    return (
        ended.suppress is not None or ended.completes_parts or ended.state is ReminderStatus.FAILED
    )


def _follow(connection: sa.Connection, ended: Ending) -> None:
    if ended.suppress is SuppressionReason.OPT_OUT:
        return  # more than a suppression: record_refused_opt_out handles it
    if ended.suppress and ended.address_index:
        _suppress(connection, ended, ended.suppress, ended.address_index)
    if ended.completes_parts:
        settle_parts(connection, ended)
    if ended.state is ReminderStatus.FAILED:
        fall_back(connection, ended.key, ended.channel)
        _open_address_task(connection, ended)


@cache
def _ending(guard: Guard) -> Precompiled[Key]:
    """One statement: what it writes about an attempt depends on its message's move."""
    moved = _moved(guard).cte("moved")
    ended = (
        sa.update(delivery_attempt)
        .where(
            is_row(delivery_attempt, moved, "attempt_id"),
            # So that each of its indexes is selective.
            delivery_attempt.c.outbound_id == moved.c.id,
            delivery_attempt.c.outcome.in_(_UNANSWERED),
        )
        .values(
            outcome=moved.c.outcome,
            code=moved.c.code,
            provider_reference=moved.c.provider_reference,
            ended_at=product_now,
        )
        .cte("closed")
    )
    decided = (
        sa.insert(decision)
        .from_select(
            ["clinic_id", "outbound_id", "at", "code"],
            sa.select(moved.c.clinic_id, moved.c.id, product_now, moved.c.code).where(
                moved.c.code.is_not(None)
            ),
        )
        .cte("decided")
    )
    moves = sa.select(moved.c.clinic_id, moved.c.id).add_cte(ended, decided)
    return Precompiled(moves, lambda clinic_id, id_: (clinic_id, id_))


def _moved(guard: Guard) -> ReturningUpdate[*tuple[Any, ...]]:
    ended = table_of(
        "ended",
        *("clinic_id", "id", "attempt_id", "token", "state", "outcome", "code", "reason"),
        *("provider_reference", "wait_seconds", "spent"),
    )
    wait = sa.func.make_interval(0, 0, 0, 0, 0, 0, ended.c.wait_seconds)
    return (
        sa.update(outbound)
        .where(
            is_row(outbound, ended),
            guard(ended),
            is_allowed(ended.c.state, ReminderStatus),
        )
        .values(
            state=ended.c.state,
            state_reason=ended.c.reason,
            **IDLE,
            not_before=sa.func.now() + wait,
            spent=outbound.c.spent + ended.c.spent,
        )
        .returning(
            outbound.c.clinic_id,
            outbound.c.id,
            ended.c.attempt_id,
            ended.c.outcome,
            ended.c.code,
            ended.c.provider_reference,
        )
    )


def _values(endings: Sequence[Ending]) -> dict[str, list[Any]]:
    return values_of(
        "ended",
        id=[ending.outbound_id for ending in endings],
        **fields_of(endings, "clinic_id", "attempt_id", "token", "state", "outcome", "code"),
        **fields_of(endings, "reason", "provider_reference", "wait_seconds", "spent"),
    )


def record_causes(connection: sa.Connection, endings: Sequence[Ending]) -> None:
    """Store why attempts are unknown, where only the end of a lease was known."""
    is_unexplained = sa.and_(
        delivery_attempt.c.outcome == AttemptOutcome.UNKNOWN,
        delivery_attempt.c.code == Reason.LEASE_OVER,
    )
    _amend(connection, endings, "code", is_unexplained)


def add_references(connection: sa.Connection, endings: Sequence[Ending]) -> None:
    """Store the provider's reference where a receipt was quicker than the answer."""
    named = [ending for ending in endings if ending.provider_reference]
    is_unnamed = sa.and_(
        delivery_attempt.c.outcome == AttemptOutcome.ACCEPTED,
        delivery_attempt.c.provider_reference.is_(None),
    )
    _amend(connection, named, "provider_reference", is_unnamed)


def _amend(
    connection: sa.Connection,
    endings: Sequence[Ending],
    column: str,
    which: sa.ColumnElement[bool],
) -> None:
    """Store one more column of the attempts that match."""
    if not endings:
        return
    ended = rows("ended", **fields_of(endings, "clinic_id", "attempt_id", column))
    connection.execute(
        sa.update(delivery_attempt)
        .where(is_row(delivery_attempt, ended, "attempt_id"), which)
        .values({column: ended.c[column]})
    )


def _suppress(
    connection: sa.Connection, ended: Ending, reason: SuppressionReason, index: bytes
) -> None:
    connection.execute(
        insert(suppression)
        .values(
            clinic_id=ended.clinic_id,
            channel=ended.channel,
            address_index=index,
            reason=reason,
            since=product_now,
        )
        .on_conflict_do_nothing()
    )


def _open_address_task(connection: sa.Connection, ended: Ending) -> None:
    """Open a task about the address. The check-in timers open those about care that was lost."""
    if not ended.suppress:
        return
    connection.execute(
        sa.insert(staff_task).values(
            clinic_id=ended.clinic_id,
            kind=TaskKind.UNREACHABLE,
            title=f"An address for {ended.channel} does not work; ask for another",
            patient_id=ended.patient_id,
            outbound_id=ended.outbound_id,
            opened_at=product_now,
            due_at=DUE_TOMORROW,
        )
    )
