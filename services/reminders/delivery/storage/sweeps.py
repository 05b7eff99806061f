"""What the sweeper moves, in batches; rows that another sweeper holds are skipped."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import AttemptOutcome, ReminderStatus, TaskKind
from services.reminders.core.reasons import Reason
from services.reminders.core.visits import NEVER_SENT
from services.reminders.database.decisions import IDLE, MessageKey, MessageKeys, move
from services.reminders.database.fragments import is_row, locked_batch, open_tasks
from services.reminders.database.tables import delivery_attempt, hold, outbound, staff_task
from services.reminders.database.unit_of_work import transaction

_BATCH = 200
_RELEASED_AT_ONCE = 500
_RELEASES = 10
_ASK_STAFF_AFTER = "10 minutes"
_ASK_STAFF = "Nobody knows whether a message arrived; ask the patient, or look with the provider"

_MESSAGES = sa.select(outbound.c.clinic_id, outbound.c.id)


class Sweeps:
    """Each call handles one batch and returns what it moved. Raises StorageAway."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def return_queued(self) -> MessageKeys:
        """Claimed, and the lease ended before an attempt began: never sent, so due again."""
        batch = _batch(_is_lease_over(ReminderStatus.QUEUED), outbound.c.lease_until)
        # A new token, so that its former worker cannot begin it any more.
        token = outbound.c.token + 1
        return self._move(batch, None, state=ReminderStatus.SCHEDULED, token=token, **IDLE)

    def give_up_sending(self) -> MessageKeys:
        """An attempt began, and the lease ended without an outcome: UNKNOWN."""
        batch = _batch(_is_lease_over(ReminderStatus.SENDING), outbound.c.lease_until)
        which, code = is_row(outbound, batch), Reason.LEASE_OVER
        with transaction(self._engine) as connection:
            moved = move(
                connection, code, which, state=ReminderStatus.UNKNOWN, state_reason=code, **IDLE
            )
            if moved:
                connection.execute(_close_attempts(moved))
        return moved

    def expire(self) -> MessageKeys:
        """Still waiting, and no longer of use."""
        is_over = sa.and_(
            outbound.c.state == ReminderStatus.SCHEDULED, outbound.c.useful_until <= product_now
        )
        batch, code = _batch(is_over, outbound.c.useful_until), Reason.USEFULNESS_OVER
        return self._move(batch, code, state=ReminderStatus.EXPIRED, state_reason=code, **IDLE)

    def let_go(self) -> MessageKeys:
        """Make what released holds kept back claimable again, some thousands at once.

        A message that another hold keeps back is parked again when it is claimed.
        """
        moved: MessageKeys = []
        for _ in range(_RELEASES):
            batch = self._move(_let_go(), Reason.RELEASED, hold_id=None, state_reason=None)
            moved += batch
            if len(batch) < _RELEASED_AT_ONCE:
                break
        return moved

    def release_merged(self) -> MessageKeys:
        """Make messages due again whose merge host ended unsent, if they are still useful."""
        host = outbound.alias("host")
        lost = _MESSAGES.join(host, is_row(host, outbound, "merged_into")).where(
            outbound.c.state == ReminderStatus.MERGED,
            outbound.c.useful_until > product_now,
            outbound.c.due_at <= product_now,
            host.c.state.in_(NEVER_SENT),
        )
        return self._move(
            locked_batch(lost, _BATCH, of=outbound),
            Reason.UNMERGED,
            state=ReminderStatus.SCHEDULED,
            state_reason=None,
            merged_into=None,
        )

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
        tasks = open_tasks(TaskKind.UNKNOWN_OUTCOME, _ASK_STAFF, is_row(outbound, overdue))
        with transaction(self._engine) as connection:
            return len(connection.execute(tasks.returning(staff_task.c.id)).all())

    def _move(self, batch: sa.CTE, code: Reason | None, **values: Any) -> MessageKeys:  # noqa: ANN401 - columns of several types
        with transaction(self._engine) as connection:
            return move(connection, code, is_row(outbound, batch), **values)


def _close_attempts(messages: Sequence[MessageKey]) -> sa.Update:
    its_message = sa.tuple_(delivery_attempt.c.clinic_id, delivery_attempt.c.outbound_id)
    return (
        sa.update(delivery_attempt)
        .where(its_message.in_(messages), delivery_attempt.c.outcome == AttemptOutcome.OPEN)
        .values(outcome=AttemptOutcome.UNKNOWN, code=Reason.LEASE_OVER, ended_at=product_now)
    )


def _is_asked_about() -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            is_row(outbound, staff_task, "outbound_id"),
            staff_task.c.kind == TaskKind.UNKNOWN_OUTCOME,
        )
        .correlate(outbound)
    )


def _is_lease_over(state: ReminderStatus) -> sa.ColumnElement[bool]:
    return sa.and_(outbound.c.state == state, outbound.c.lease_until <= sa.func.now())


def _batch(which: sa.ColumnElement[bool], order: sa.ColumnElement[Any]) -> sa.CTE:
    return locked_batch(_MESSAGES.where(which).order_by(order), _BATCH)


def _let_go() -> sa.CTE:
    """Search hold by hold, so that what a standing hold keeps back is not read."""
    kept_back = (
        _MESSAGES.where(
            outbound.c.state == ReminderStatus.SCHEDULED,
            outbound.c.hold_id.is_not(None),
            outbound.c.hold_id == hold.c.id,
        )
        .limit(_RELEASED_AT_ONCE)
        .with_for_update(skip_locked=True)
        .correlate(hold)
        .lateral("kept_back")
    )
    return (
        sa.select(kept_back.c.clinic_id, kept_back.c.id)
        .select_from(hold.join(kept_back, sa.true()))
        .where(hold.c.released_at.is_not(None))
        .limit(_RELEASED_AT_ONCE)
        .cte("batch")
        .prefix_with("MATERIALIZED")
    )
