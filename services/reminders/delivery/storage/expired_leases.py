"""What the sweeper moves, in batches; rows that another sweeper holds are skipped."""

from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import AttemptOutcome, ReminderStatus, TaskKind
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.tables import delivery_attempt, outbound, staff_task
from services.reminders.database.unit_of_work import transaction

_BATCH = 200
_IDLE: dict[str, Any] = {"owner": None, "lease_until": None, "state_at": product_now}
_ASK_STAFF_AFTER = "10 minutes"
_ASK_STAFF = "Nobody knows whether a message arrived; ask the patient, or look with the provider"

Moved = list[tuple[int, int]]


class ExpiredLeases:
    """Each call handles one batch and returns what it moved. Raises StorageAway."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def return_queued(self) -> Moved:
        """Claimed, and the lease ended before an attempt began: never sent, so due again."""
        with transaction(self._engine) as connection:
            return _moved(
                connection,
                _batch(_is_lease_over(ReminderStatus.QUEUED), outbound.c.lease_until),
                # A new token, so that its former worker cannot begin it any more.
                state=ReminderStatus.SCHEDULED,
                token=outbound.c.token + 1,
                **_IDLE,
            )

    def give_up_sending(self) -> Moved:
        """An attempt began, and the lease ended without an outcome: UNKNOWN."""
        with transaction(self._engine) as connection:
            moved = _moved(
                connection,
                _batch(_is_lease_over(ReminderStatus.SENDING), outbound.c.lease_until),
                state=ReminderStatus.UNKNOWN,
                state_reason=Reason.LEASE_OVER,
                **_IDLE,
            )
            if moved:
                connection.execute(
                    sa.update(delivery_attempt)
                    .where(
                        sa.tuple_(delivery_attempt.c.clinic_id, delivery_attempt.c.outbound_id).in_(
                            moved
                        ),
                        delivery_attempt.c.outcome == AttemptOutcome.OPEN,
                    )
                    .values(
                        outcome=AttemptOutcome.UNKNOWN, code=Reason.LEASE_OVER, ended_at=product_now
                    )
                )
                decide(connection, moved, Reason.LEASE_OVER)
        return moved

    def expire(self) -> Moved:
        """Still waiting, and no longer of use."""
        with transaction(self._engine) as connection:
            moved = _moved(
                connection,
                _batch(
                    sa.and_(
                        outbound.c.state == ReminderStatus.SCHEDULED,
                        outbound.c.useful_until <= product_now,
                    ),
                    outbound.c.useful_until,
                ),
                state=ReminderStatus.EXPIRED,
                state_reason=Reason.USEFULNESS_OVER,
                **_IDLE,
            )
            if moved:
                decide(connection, moved, Reason.USEFULNESS_OVER)
        return moved

    def ask_staff_about_unknown(self) -> int:
        """Open a task for each message that has been UNKNOWN for ten minutes."""
        overdue = _batch(
            sa.and_(
                outbound.c.state == ReminderStatus.UNKNOWN,
                outbound.c.state_at < product_now - sa.text(f"interval '{_ASK_STAFF_AFTER}'"),
                ~_is_asked_about(),
            ),
            outbound.c.state_at,
        )
        columns = ("clinic_id", "patient_id", "enrollment_id", "step_key")
        about = sa.select(
            *(outbound.c[column] for column in columns),
            outbound.c.id,
            sa.literal(str(TaskKind.UNKNOWN_OUTCOME)),
            sa.literal(_ASK_STAFF),
            product_now,
        ).where(outbound.c.clinic_id == overdue.c.clinic_id, outbound.c.id == overdue.c.id)
        statement = sa.insert(staff_task).from_select(
            [*columns, "outbound_id", "kind", "title", "opened_at"], about
        )
        with transaction(self._engine) as connection:
            return len(connection.execute(statement.returning(staff_task.c.id)).all())


def _is_asked_about() -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            staff_task.c.clinic_id == outbound.c.clinic_id,
            staff_task.c.outbound_id == outbound.c.id,
            staff_task.c.kind == TaskKind.UNKNOWN_OUTCOME,
        )
        .correlate(outbound)
    )


def _is_lease_over(state: ReminderStatus) -> sa.ColumnElement[bool]:
    return sa.and_(outbound.c.state == state, outbound.c.lease_until <= sa.func.now())


def _batch(which: sa.ColumnElement[bool], order: sa.ColumnElement[Any]) -> sa.CTE:
    return (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(which)
        .order_by(order)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
        .cte("batch")
        .prefix_with("MATERIALIZED")
    )


def _moved(connection: sa.Connection, batch: sa.CTE, **values: Any) -> Moved:  # noqa: ANN401 - columns of several types
    statement = (
        sa.update(outbound)
        .where(outbound.c.clinic_id == batch.c.clinic_id, outbound.c.id == batch.c.id)
        .values(**values)
        .returning(outbound.c.clinic_id, outbound.c.id)
    )
    return [(row.clinic_id, row.id) for row in connection.execute(statement)]
