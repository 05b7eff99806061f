"""What operators look at and do: messages in trouble, holds, and the record of their acts."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.enrollments import ReportRow
from services.contracts.operations import (
    HoldRecord,
    ListTroubled,
    MessageFilter,
    OperationRecord,
    PlaceHold,
    ReportEverywhere,
    TroubledRecord,
    TroubledReply,
)
from services.contracts.words import AttemptOutcome, ReminderStatus, TaskKind
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.joins import IS_ITS_ENROLLMENT, IS_ITS_PLAN
from services.reminders.database.tables import (
    delivery_attempt,
    hold,
    operation,
    outbound,
    plan_version,
    staff_task,
)
from services.reminders.operations.domain.operation import NewOperation
from services.reminders.operations.storage.cross_clinic_report import count_across_clinics

Keys = list[tuple[int, int]]  # (clinic id, outbound id)

CLOSED = "CLOSED_BY_OPERATOR"
"""Code of an unknown attempt whose message somebody had sent again."""

_NEW = frozenset({
    "id", "state", "state_reason", "state_at", "not_before", "token", "owner", "lease_until",
    "attempts", "spent", "hold_id", "retry_of", "created_at", "consent_id",
})  # fmt: skip
"""What a message that follows a failed one does not take over from it."""


class OperationRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def troubled(self, ask: ListTroubled) -> TroubledReply:
        where = _matching(ask.state, ask.which)
        columns = (
            *("clinic_id", "id", "kind", "step_key", "channel", "attempts", "due_at"),
            *("useful_until",),
        )
        found = self._connection.execute(
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
        items = tuple(TroubledRecord(**row) for row in found.mappings())
        total = self._connection.execute(sa.select(sa.func.count()).where(*where)).scalar_one()
        return TroubledReply(items=items, total=total)

    def count_retryable(self, state: ReminderStatus, which: MessageFilter) -> tuple[int, int]:
        """How many could be sent again, and how many are no longer of use."""
        is_useful = outbound.c.useful_until > product_now
        counts = sa.select(
            sa.func.count().filter(is_useful), sa.func.count().filter(~is_useful)
        ).where(*_matching(state, which), ~_is_retried())
        useful, useless = self._connection.execute(counts).one()
        return useful, useless

    def follow_up(self, which: MessageFilter, limit: int) -> Keys:
        """Let a new message follow each failed one; answers with the new ones."""
        batch = _batch(ReminderStatus.FAILED, which, limit)
        taken = [column for column in outbound.c if column.name not in _NEW]
        new: dict[str, sa.ColumnElement[Any]] = {
            "state": sa.literal(str(ReminderStatus.SCHEDULED)),
            "state_at": product_now,
            "created_at": product_now,
            "retry_of": outbound.c.id,
        }
        copied = sa.select(*taken, *new.values()).where(
            outbound.c.clinic_id == batch.c.clinic_id, outbound.c.id == batch.c.id
        )
        statement = (
            sa.insert(outbound)
            .from_select([*(column.name for column in taken), *new], copied)
            .returning(outbound.c.clinic_id, outbound.c.id)
        )
        added = [(row.clinic_id, row.id) for row in self._connection.execute(statement)]
        if added:
            decide(self._connection, added, Reason.RETRIED)
        return added

    def reopen(self, which: MessageFilter, actor: str, limit: int) -> Keys:
        """Close unknown attempts and make their messages due; answers with the messages."""
        batch = _batch(ReminderStatus.UNKNOWN, which, limit)
        statement = (
            sa.update(outbound)
            .where(outbound.c.clinic_id == batch.c.clinic_id, outbound.c.id == batch.c.id)
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=Reason.POSSIBLE_DUPLICATE_ACCEPTED,
                state_at=product_now,
                token=outbound.c.token + 1,
                not_before=sa.func.now(),
            )
            .returning(outbound.c.clinic_id, outbound.c.id)
        )
        moved = [(row.clinic_id, row.id) for row in self._connection.execute(statement)]
        if moved:
            self._close(moved, actor)
            decide(self._connection, moved, Reason.POSSIBLE_DUPLICATE_ACCEPTED)
        return moved

    def _close(self, moved: Keys, actor: str) -> None:
        """The unknown attempts, so that others may begin, and what staff were to find out."""
        self._connection.execute(
            sa.update(delivery_attempt)
            .where(
                sa.tuple_(delivery_attempt.c.clinic_id, delivery_attempt.c.outbound_id).in_(moved),
                delivery_attempt.c.outcome == AttemptOutcome.UNKNOWN,
            )
            .values(outcome=AttemptOutcome.REJECTED_FOR_NOW, code=CLOSED, ended_at=product_now)
        )
        self._connection.execute(
            sa.update(staff_task)
            .where(
                sa.tuple_(staff_task.c.clinic_id, staff_task.c.outbound_id).in_(moved),
                staff_task.c.kind == TaskKind.UNKNOWN_OUTCOME,
                staff_task.c.done_at.is_(None),
            )
            .values(done_at=product_now, done_by=actor)
        )

    def place(self, hold_: PlaceHold) -> int:
        return self._connection.execute(
            sa.insert(hold)
            .values(
                clinic_id=hold_.clinic_id,
                channel=hold_.channel,
                provider=hold_.provider,
                plan=hold_.plan,
                reason=hold_.reason,
                placed_by=hold_.actor,
                placed_at=product_now,
            )
            .returning(hold.c.id)
        ).scalar_one()

    def release(self, hold_id: int, actor: str) -> bool:
        """False when there is no such hold, or it was released before."""
        released = self._connection.execute(
            sa.update(hold)
            .where(hold.c.id == hold_id, hold.c.released_at.is_(None))
            .values(released_by=actor, released_at=product_now)
            .returning(hold.c.id)
        )
        return released.first() is not None

    def holds(
        self, ids: Collection[int] | None = None, *, is_past: bool = True
    ) -> Sequence[HoldRecord]:
        kept_back = (
            sa.select(sa.func.count())
            .where(
                outbound.c.hold_id == hold.c.id,
                outbound.c.hold_id.is_not(None),
                outbound.c.state == ReminderStatus.SCHEDULED,
            )
            .correlate(hold)
            .scalar_subquery()
        )
        statement = sa.select(hold, kept_back.label("kept_back")).order_by(hold.c.id)
        if ids is not None:
            statement = statement.where(hold.c.id.in_(ids))
        if not is_past:
            statement = statement.where(hold.c.released_at.is_(None))
        return [HoldRecord(**row) for row in self._connection.execute(statement).mappings()]

    def keep(self, act: NewOperation) -> None:
        self._connection.execute(
            sa.insert(operation).values(at=product_now, **msgspec.structs.asdict(act))
        )

    def report(self, ask: ReportEverywhere) -> tuple[ReportRow, ...]:
        """Count the messages of all clinics by local day, channel and status."""
        return count_across_clinics(self._connection, ask)

    def acts(self, limit: int) -> Sequence[OperationRecord]:
        names = ("at", "kind", "actor", "reason", "filters", "affected")
        statement = (
            sa.select(*(operation.c[name] for name in names))
            .order_by(operation.c.id.desc())
            .limit(limit)
        )
        return [OperationRecord(**row) for row in self._connection.execute(statement).mappings()]


def _batch(state: ReminderStatus, which: MessageFilter, limit: int) -> sa.CTE:
    return (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(*_matching(state, which), outbound.c.useful_until > product_now, ~_is_retried())
        .order_by(outbound.c.state_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=outbound)
        .cte("batch")
        .prefix_with("MATERIALIZED")
    )


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
        .where(
            delivery_attempt.c.clinic_id == outbound.c.clinic_id,
            delivery_attempt.c.outbound_id == outbound.c.id,
        )
        .order_by(delivery_attempt.c.number.desc())
        .limit(1)
        .correlate(outbound)
        .scalar_subquery()
    )


def _is_retried() -> sa.ColumnElement[bool]:
    later = outbound.alias("later")
    return (
        sa.exists()
        .where(later.c.clinic_id == outbound.c.clinic_id, later.c.retry_of == outbound.c.id)
        .correlate(outbound)
    )


def _is_of_plan(slug: str) -> sa.ColumnElement[bool]:
    return (
        sa.exists()
        .where(
            IS_ITS_ENROLLMENT,
            IS_ITS_PLAN,
            plan_version.c.slug == slug,
        )
        .correlate(outbound)
    )
