"""Writing down what became of attempts."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from services.chassis.clock import product_now
from services.contracts.words import AttemptOutcome, ReminderStatus, SuppressionReason, TaskKind
from services.reminders.domain.attempts import Ending
from services.reminders.storage.fallbacks import fall_back
from services.reminders.storage.moves import is_allowed
from services.reminders.storage.rows import rows, table_of, values_of
from services.reminders.storage.tables import (
    decision,
    delivery_attempt,
    outbound,
    staff_task,
    suppression,
)

LEASE_OVER = "LEASE_OVER"
"""Code of an attempt that its own process never ended: the sweeper gave it up."""

_UNANSWERED = (AttemptOutcome.OPEN, AttemptOutcome.UNKNOWN)


Guard = Callable[[sa.TableValuedAlias], sa.ColumnElement[bool]]


def move(
    connection: sa.Connection, endings: Sequence[Ending], guard: Guard
) -> set[tuple[int, int]]:
    """Move the messages that the guard lets through; answers with their keys."""
    if not endings:
        return set()
    given = values_of(
        "ended",
        clinic_id=[one.clinic_id for one in endings],
        id=[one.outbound_id for one in endings],
        attempt_id=[one.attempt_id for one in endings],
        token=[one.token for one in endings],
        state=[str(one.state) for one in endings],
        code=[one.code for one in endings],
        wait_seconds=[one.wait_seconds for one in endings],
        spent=[one.spent for one in endings],
    )
    moved = connection.execute(_moving(guard), given)
    return {(row.clinic_id, row.id) for row in moved}


@cache
def _moving(guard: Guard) -> ReturningUpdate[int, int]:
    ended = table_of(
        "ended",
        *("clinic_id", "id", "attempt_id", "token", "state", "code", "wait_seconds", "spent"),
    )
    wait = sa.func.make_interval(0, 0, 0, 0, 0, 0, ended.c.wait_seconds)
    return (
        sa.update(outbound)
        .where(
            outbound.c.clinic_id == ended.c.clinic_id,
            outbound.c.id == ended.c.id,
            guard(ended),
            is_allowed(ended.c.state, ReminderStatus),
        )
        .values(
            state=ended.c.state,
            state_reason=ended.c.code,
            state_at=product_now,
            owner=None,
            lease_until=None,
            not_before=sa.func.now() + wait,
            spent=outbound.c.spent + ended.c.spent,
        )
        .returning(outbound.c.clinic_id, outbound.c.id)
    )


def end(connection: sa.Connection, endings: Sequence[Ending]) -> None:
    """End the attempts of messages that have moved, with what follows from it."""
    if not endings:
        return
    connection.execute(_ending(), _attempt_values(endings))
    _decide(connection, [one for one in endings if one.code])
    for one in endings:
        if one.suppress is SuppressionReason.OPT_OUT:
            continue  # more than a suppression: its own use case follows
        if one.suppress and one.address_index:
            _suppress(connection, one, one.suppress, one.address_index)
        if one.state is ReminderStatus.FAILED:
            fall_back(connection, one)
            _tell_staff(connection, one)


@cache
def _ending() -> sa.Update:
    ended = _attempts()
    return (
        sa.update(delivery_attempt)
        .where(
            delivery_attempt.c.clinic_id == ended.c.clinic_id,
            delivery_attempt.c.id == ended.c.id,
            delivery_attempt.c.outcome.in_(_UNANSWERED),
        )
        .values(
            outcome=ended.c.outcome,
            code=ended.c.code,
            provider_reference=ended.c.provider_reference,
            ended_at=product_now,
        )
    )


def note_causes(connection: sa.Connection, endings: Sequence[Ending]) -> None:
    """Say why attempts are unknown, where only the end of a lease was known."""
    if not endings:
        return
    ended = _attempts()
    connection.execute(
        sa.update(delivery_attempt)
        .where(
            delivery_attempt.c.clinic_id == ended.c.clinic_id,
            delivery_attempt.c.id == ended.c.id,
            delivery_attempt.c.outcome == AttemptOutcome.UNKNOWN,
            delivery_attempt.c.code == LEASE_OVER,
        )
        .values(code=ended.c.code),
        _attempt_values(endings),
    )


def add_references(connection: sa.Connection, endings: Sequence[Ending]) -> None:
    """Name the provider's reference where a receipt was quicker than the answer."""
    named = [one for one in endings if one.provider_reference]
    if not named:
        return
    ended = _attempts()
    connection.execute(
        sa.update(delivery_attempt)
        .where(
            delivery_attempt.c.clinic_id == ended.c.clinic_id,
            delivery_attempt.c.id == ended.c.id,
            delivery_attempt.c.outcome == AttemptOutcome.ACCEPTED,
            delivery_attempt.c.provider_reference.is_(None),
        )
        .values(provider_reference=ended.c.provider_reference),
        _attempt_values(named),
    )


def _attempts() -> sa.TableValuedAlias:
    return table_of("ended", "clinic_id", "id", "outcome", "code", "provider_reference")


def _attempt_values(endings: Sequence[Ending]) -> dict[str, list[Any]]:
    return values_of(
        "ended",
        clinic_id=[one.clinic_id for one in endings],
        id=[one.attempt_id for one in endings],
        outcome=[str(one.outcome) for one in endings],
        code=[one.code for one in endings],
        provider_reference=[one.provider_reference for one in endings],
    )


def _decide(connection: sa.Connection, endings: Sequence[Ending]) -> None:
    if not endings:
        return
    made = rows(
        "made",
        clinic_id=[one.clinic_id for one in endings],
        outbound_id=[one.outbound_id for one in endings],
        code=[one.code for one in endings],
    )
    connection.execute(
        sa.insert(decision).from_select(
            ["clinic_id", "outbound_id", "at", "code"],
            sa.select(made.c.clinic_id, made.c.outbound_id, product_now, made.c.code),
        )
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


def _tell_staff(connection: sa.Connection, ended: Ending) -> None:
    """Of the address; of care that did not reach the patient the sweep tells."""
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
        )
    )
