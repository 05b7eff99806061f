"""Settles what a dead worker left behind, according to its journal."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import AttemptOutcome, ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import IDLE, MessageKeys, move
from services.reminders.database.fragments import is_row
from services.reminders.database.tables import delivery_attempt, outbound
from services.reminders.database.unit_of_work import transaction
from services.reminders.delivery.domain.attempts import Departures

Attempt = tuple[int, int, int]  # (clinic id, outbound id, attempt id)


class DeadWorkers:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def settle(self, departures: Departures) -> MessageKeys:
        """Make due again what never left, and set the rest to UNKNOWN. Returns what moved."""
        with transaction(self._engine) as connection:
            moved = _return_claims(connection, departures.owner)
            attempts = _unended(connection, departures.owner)
            departed = [key for key in attempts if (key[0], key[2]) in departures.departed]
            stayed = [key for key in attempts if key not in departed]
            moved += _end(connection, stayed, AttemptOutcome.REJECTED_FOR_NOW, Reason.NEVER_LEFT)
            moved += _end(connection, departed, AttemptOutcome.UNKNOWN, Reason.LEASE_OVER)
        return moved


def _return_claims(connection: sa.Connection, owner: UUID) -> MessageKeys:
    return move(
        connection,
        None,
        outbound.c.owner == owner,
        outbound.c.state == ReminderStatus.QUEUED,
        outbound.c.lease_until.is_not(None),  # what its index holds
        state=ReminderStatus.SCHEDULED,
        token=outbound.c.token + 1,
        **IDLE,
    )


def _unended(connection: sa.Connection, owner: UUID) -> list[Attempt]:
    """Attempts that the dead process never ended, with their messages locked.

    Unknown attempts are among them only if a sweeper gave them up: what the process itself called
    unknown has left, and its journal may no longer name it.
    """
    still_open = _attempts(
        owner,
        outbound.c.state == ReminderStatus.SENDING,
        delivery_attempt.c.outcome == AttemptOutcome.OPEN,
    )
    given_up = _attempts(
        owner,
        outbound.c.state == ReminderStatus.UNKNOWN,
        delivery_attempt.c.outcome == AttemptOutcome.UNKNOWN,
        delivery_attempt.c.code == Reason.LEASE_OVER,
    )
    return [
        (row.clinic_id, row.outbound_id, row.id)
        for statement in (still_open, given_up)
        for row in connection.execute(statement)
    ]


def _attempts(owner: UUID, *where: sa.ColumnElement[bool]) -> sa.Select[int, int, int]:
    return (
        sa.select(
            delivery_attempt.c.clinic_id, delivery_attempt.c.outbound_id, delivery_attempt.c.id
        )
        .join(outbound, is_row(outbound, delivery_attempt, "outbound_id"))
        .where(delivery_attempt.c.owner == owner, *where)
        .order_by(outbound.c.clinic_id, outbound.c.id)
        .with_for_update(of=outbound)
    )


def _end(
    connection: sa.Connection,
    attempts: Sequence[Attempt],
    outcome: AttemptOutcome,
    code: Reason,
) -> MessageKeys:
    if not attempts:
        return []
    state = (
        ReminderStatus.UNKNOWN if outcome is AttemptOutcome.UNKNOWN else ReminderStatus.SCHEDULED
    )
    connection.execute(
        sa.update(delivery_attempt)
        .where(
            sa.tuple_(delivery_attempt.c.clinic_id, delivery_attempt.c.id).in_(
                [(clinic_id, attempt_id) for clinic_id, _, attempt_id in attempts]
            ),
            delivery_attempt.c.outcome.in_((AttemptOutcome.OPEN, AttemptOutcome.UNKNOWN)),
        )
        .values(outcome=outcome, code=code, ended_at=product_now)
    )
    messages = [(clinic_id, outbound_id) for clinic_id, outbound_id, _ in attempts]
    which = sa.tuple_(outbound.c.clinic_id, outbound.c.id).in_(messages)
    token = outbound.c.token + 1
    return move(connection, code, which, state=state, state_reason=code, token=token, **IDLE)
