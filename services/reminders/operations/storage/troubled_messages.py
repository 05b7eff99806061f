"""Messages that failed or whose outcome is unknown, and how they are sent again."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.operations import (
    ListTroubled,
    MessageFilter,
    TroubledRecord,
    TroubledReply,
)
from services.contracts.words import AttemptOutcome, ReminderStatus, TaskKind
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import MessageKeys, decide, move
from services.reminders.database.fragments import (
    IS_ITS_ENROLLMENT,
    IS_ITS_PLAN,
    is_row,
    locked_batch,
)
from services.reminders.database.repository import Repository
from services.reminders.database.tables import (
    delivery_attempt,
    outbound,
    plan_version,
    staff_task,
)

CLOSED = "CLOSED_BY_OPERATOR"
"""Code of an unknown attempt whose message an operator has sent again."""

_NOT_COPIED = frozenset({
    "id", "state", "state_reason", "state_at", "not_before", "token", "owner", "lease_until",
    "attempts", "spent", "hold_id", "retry_of", "created_at", "consent_id",
})  # fmt: skip
"""Columns that a new message does not copy from the failed one that it retries."""


class TroubledMessageRepository(Repository):
    def list(self, ask: ListTroubled) -> TroubledReply:
        where = _matching(ask.state, ask.which)
        columns = (
            *("clinic_id", "id", "kind", "step_key", "channel", "attempts", "due_at"),
            *("useful_until",),
        )
        rows = self._connection.execute(
            sa.select(
                *(outbound.c[name] for name in columns),
                outbound.c.state_reason.label("code"),
                outbound.c.state_at.label("since"),
                _last_provider().label("provider"),
                _is_retried().label("is_retried"),
            )
            .where(*where)
            .order_by(outbound.c.state_at.desc(), outbound.c.id.desc())
            .limit(ask.limit)
        )
        items = tuple(TroubledRecord(**row) for row in rows.mappings())
        total = self._connection.execute(sa.select(sa.func.count()).where(*where)).scalar_one()
        return TroubledReply(items=items, total=total)

    def count_retryable(self, state: ReminderStatus, which: MessageFilter) -> tuple[int, int]:
        """How many can be sent again, and how many are past their usefulness."""
        is_useful = outbound.c.useful_until > product_now
        counts = sa.select(
            sa.func.count().filter(is_useful), sa.func.count().filter(~is_useful)
        ).where(*_matching(state, which), ~_is_retried())
        useful, too_late = self._connection.execute(counts).one()
        return useful, too_late

    def retry_failed(self, which: MessageFilter, limit: int) -> MessageKeys:
        """Add a new message for each failed one. Returns the new messages."""
        batch = _batch(ReminderStatus.FAILED, which, limit)
        copied = [column for column in outbound.c if column.name not in _NOT_COPIED]
        new: dict[str, sa.ColumnElement[Any]] = {
            "state": sa.literal(str(ReminderStatus.SCHEDULED)),
            "state_at": product_now,
            "created_at": product_now,
            "retry_of": outbound.c.id,
        }
        rows = sa.select(*copied, *new.values()).where(is_row(outbound, batch))
        statement = (
            sa.insert(outbound)
            .from_select([*(column.name for column in copied), *new], rows)
            .returning(outbound.c.clinic_id, outbound.c.id)
        )
        added = [(row.clinic_id, row.id) for row in self._connection.execute(statement)]
        decide(self._connection, added, Reason.RETRIED)
        return added

    def retry_unknown(self, which: MessageFilter, actor: str, limit: int) -> MessageKeys:
        """Close unknown attempts and make their messages due. Returns the messages."""
        batch = _batch(ReminderStatus.UNKNOWN, which, limit)
        reopened = move(
            self._connection,
            Reason.POSSIBLE_DUPLICATE_ACCEPTED,
            is_row(outbound, batch),
            state=ReminderStatus.SCHEDULED,
            state_reason=Reason.POSSIBLE_DUPLICATE_ACCEPTED,
            token=outbound.c.token + 1,
            not_before=sa.func.now(),
        )
        if reopened:
            self._close_attempts(reopened, actor)
        return reopened

    def _close_attempts(self, reopened: MessageKeys, actor: str) -> None:
        """Close the unknown attempts, so that new ones may begin, and the tasks about them."""
        self._connection.execute(
            sa.update(delivery_attempt)
            .where(
                sa.tuple_(delivery_attempt.c.clinic_id, delivery_attempt.c.outbound_id).in_(
                    reopened
                ),
                delivery_attempt.c.outcome == AttemptOutcome.UNKNOWN,
            )
            .values(outcome=AttemptOutcome.REJECTED_FOR_NOW, code=CLOSED, ended_at=product_now)
        )
        self._connection.execute(
            sa.update(staff_task)
            .where(
                sa.tuple_(staff_task.c.clinic_id, staff_task.c.outbound_id).in_(reopened),
                staff_task.c.kind == TaskKind.UNKNOWN_OUTCOME,
                staff_task.c.done_at.is_(None),
            )
            .values(done_at=product_now, done_by=actor)
        )


def _batch(state: ReminderStatus, which: MessageFilter, limit: int) -> sa.CTE:
    retryable = (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(*_matching(state, which), outbound.c.useful_until > product_now, ~_is_retried())
        .order_by(outbound.c.state_at)
    )
    return locked_batch(retryable, limit, of=outbound)


def _matching(state: ReminderStatus, which: MessageFilter) -> list[sa.ColumnElement[bool]]:
    where = [outbound.c.state == state]
    if which.clinic_id is not None:
        where.append(outbound.c.clinic_id == which.clinic_id)
    if which.message_id is not None:
        where.append(outbound.c.id == which.message_id)
    if which.channel is not None:
        where.append(outbound.c.channel == which.channel)
    if which.code is not None:
        where.append(outbound.c.state_reason == which.code)
    if which.provider is not None:
        where.append(_last_provider() == which.provider)
    if which.plan is not None:
        where.append(_is_of_plan(which.plan))
    if which.since_seconds is not None:
        ago = sa.literal(timedelta(seconds=which.since_seconds), sa.Interval())
        where.append(outbound.c.state_at >= product_now - ago)
    return where


def _last_provider() -> sa.ScalarSelect[str]:
    return (
        sa.select(delivery_attempt.c.provider)
        .where(is_row(outbound, delivery_attempt, "outbound_id"))
        .order_by(delivery_attempt.c.number.desc())
        .limit(1)
        .correlate(outbound)
        .scalar_subquery()
    )


def _is_retried() -> sa.ColumnElement[bool]:
    later = outbound.alias("later")
    return sa.exists().where(is_row(outbound, later, "retry_of")).correlate(outbound)


def _is_of_plan(slug: str) -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(IS_ITS_ENROLLMENT, IS_ITS_PLAN, plan_version.c.slug == slug)
        .correlate(outbound)
    )
