"""Claiming due messages, and giving them back."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Channel, Purpose
from services.contracts.words import Mode, ReminderStatus, TaskKind
from services.reminders.core.claim import Claim
from services.reminders.core.outbound import Lane, OutboundKind
from services.reminders.core.reasons import Reason
from services.reminders.core.states import origins
from services.reminders.database.moves import is_allowed
from services.reminders.database.precompiled import Precompiled, parameter
from services.reminders.database.tables import decision, outbound, staff_task
from services.reminders.database.transactions import in_index_order, transaction
from services.reminders.database.unnest import rows
from services.reminders.delivery.domain.dispatch import Drop, Park, Postpone
from services.reminders.delivery.storage.fair_claims import Rounds, fair

_IDLE = {"owner": None, "lease_until": None, "state_at": product_now}
_COLUMNS = (
    outbound.c.clinic_id,
    outbound.c.id,
    outbound.c.token,
    outbound.c.kind,
    outbound.c.mode,
    outbound.c.patient_id,
    outbound.c.contact_point_id,
    outbound.c.enrollment_id,
    outbound.c.step_key,
    outbound.c.purpose,
    outbound.c.channel,
    outbound.c.due_at,
    outbound.c.useful_until,
    outbound.c.attempts,
    outbound.c.spent,
    outbound.c.subject_sealed,
    outbound.c.body_sealed,
)
_NAMES = tuple(column.name for column in _COLUMNS)
_MEMBERS: dict[str, type[StrEnum]] = {
    "kind": OutboundKind,
    "mode": Mode,
    "purpose": Purpose,
    "channel": Channel,
}

_LATE = timedelta(seconds=2)
"""What is due longer than this shows a backlog."""


class Claims:
    """The claims of one worker, known by its `owner` id."""

    def __init__(self, engine: sa.Engine, owner: UUID, lease: timedelta) -> None:
        self._engine = engine
        self._owner = owner
        self._rounds = Rounds()
        self._longest_due = _taking(_longest_due(), owner, lease)
        self._fair = _taking(fair(), owner, lease)

    def claim(self, channel: Channel, lane: Lane, limit: int) -> list[Claim]:
        """Take the messages of a lane that are due longest; nobody else gets them meanwhile.

        While they are seconds late, clinics take turns instead.
        """
        if self._rounds.are_on(channel, lane):
            turn = self._rounds.turn(channel, lane, limit)
            found = self._take(self._fair, channel=channel, lane=lane, most=limit, **turn)
            self._rounds.took(channel, lane, [claim for claim, _ in found], limit)
            if not found and self._rounds.are_on(channel, lane):
                return self.claim(channel, lane, limit)  # the round begins anew
        else:
            found = self._take(self._longest_due, channel=channel, lane=lane, most=limit)
            if len(found) >= limit and all(is_late for _, is_late in found):
                self._rounds.start(channel, lane)
        return sorted((claim for claim, _ in found), key=lambda claim: claim.due_at)

    def _take(
        self,
        statement: Precompiled[tuple[Claim, bool]],
        *,
        channel: Channel,
        lane: Lane,
        **more: int,
    ) -> list[tuple[Claim, bool]]:
        """Claims, and whether each is late."""
        with in_index_order(self._engine) as connection:
            return statement(connection, channel=channel.value, lane=lane.value, **more)

    def give_back(self, claims: Sequence[Claim], *, wait_seconds: float = 0.0) -> None:
        """Return what was claimed and not begun: nothing of it was sent."""
        mine = _mine(claims)
        statement = (
            sa.update(outbound)
            .where(*self._still_mine(mine), outbound.c.state == ReminderStatus.QUEUED)
            .values(
                state=ReminderStatus.SCHEDULED,
                not_before=sa.func.now() + sa.literal(timedelta(seconds=wait_seconds)),
                **_IDLE,
            )
        )
        with transaction(self._engine) as connection:
            connection.execute(statement)

    def await_sender(self, claims: Sequence[Claim], *, code: Reason, wait_seconds: float) -> None:
        """Give back what no sender may carry now; each reason is recorded once."""
        mine = _mine(claims)
        news = (
            sa.select(outbound.c.clinic_id, outbound.c.id, sa.literal(str(code)).label("code"))
            .where(*self._still_mine(mine), outbound.c.state_reason.is_distinct_from(code))
            .cte("news")
        )
        with transaction(self._engine) as connection:
            connection.execute(_decided(news))
            connection.execute(
                sa.update(outbound)
                .where(*self._still_mine(mine), outbound.c.state == ReminderStatus.QUEUED)
                .values(
                    state=ReminderStatus.SCHEDULED,
                    state_reason=code,
                    not_before=sa.func.now() + sa.literal(timedelta(seconds=wait_seconds)),
                    **_IDLE,
                )
            )

    def drop(self, dropped: Sequence[tuple[Claim, Drop]]) -> None:
        """End messages without sending them, and say why."""
        mine = _mine(
            [claim for claim, _ in dropped],
            state=[str(drop.state) for _, drop in dropped],
            code=[drop.code for _, drop in dropped],
        )
        allowed = is_allowed(mine.c.state, {drop.state for _, drop in dropped})
        moved = (
            sa.update(outbound)
            .where(*self._still_mine(mine), allowed)
            .values(state=mine.c.state, state_reason=mine.c.code, **_IDLE)
            .returning(outbound.c.clinic_id, outbound.c.id, mine.c.code)
            .cte("moved")
        )
        with transaction(self._engine) as connection:
            connection.execute(_decided(moved))

    def postpone(self, postponed: Sequence[tuple[Claim, Postpone, str]]) -> None:
        """Make messages due later, in product time; the text is that moment on their clock.

        One that waits on for the same reason is decided about once.
        """
        mine = _mine(
            [claim for claim, _, _ in postponed],
            at=[later.until for _, later, _ in postponed],
            code=[later.code for _, later, _ in postponed],
            local_due_at=[text for _, _, text in postponed],
        )
        anew = (
            sa.select(outbound.c.clinic_id, outbound.c.id)
            .where(*self._still_mine(mine), outbound.c.state_reason.is_distinct_from(mine.c.code))
            .cte("anew")
        )
        moved = (
            sa.update(outbound)
            .where(*self._still_mine(mine), outbound.c.state == ReminderStatus.QUEUED)
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=mine.c.code,
                due_at=mine.c.at,
                local_due_at=mine.c.local_due_at,
                **_IDLE,
            )
            .returning(outbound.c.clinic_id, outbound.c.id, mine.c.code)
            .cte("moved")
        )
        is_anew = sa.exists().where(anew.c.clinic_id == moved.c.clinic_id, anew.c.id == moved.c.id)
        with transaction(self._engine) as connection:
            connection.execute(_decided(moved, is_anew))

    def park(self, parked: Sequence[tuple[Claim, Park]]) -> None:
        """Keep messages back until their hold is released; one released meanwhile keeps none."""
        mine = _mine(
            [claim for claim, _ in parked],
            hold_id=[park.hold_id for _, park in parked],
            code=[park.code for _, park in parked],
        )
        moved = (
            sa.update(outbound)
            .where(*self._still_mine(mine), outbound.c.state == ReminderStatus.QUEUED)
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=mine.c.code,
                hold_id=mine.c.hold_id,
                **_IDLE,
            )
            .returning(outbound.c.clinic_id, outbound.c.id, mine.c.code)
            .cte("moved")
        )
        with transaction(self._engine) as connection:
            connection.execute(_decided(moved))

    def open_task(self, claim: Claim, kind: TaskKind, title: str) -> None:
        """Let staff see to a message; the title names no patient."""
        with transaction(self._engine) as connection:
            connection.execute(
                sa.insert(staff_task).values(
                    clinic_id=claim.clinic_id,
                    kind=kind,
                    title=title,
                    patient_id=claim.patient_id,
                    enrollment_id=claim.enrollment_id,
                    outbound_id=claim.id,
                    step_key=claim.step_key,
                    opened_at=product_now,
                )
            )

    def _still_mine(self, mine: sa.TableValuedAlias) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            outbound.c.clinic_id == mine.c.clinic_id,
            outbound.c.id == mine.c.id,
            outbound.c.token == mine.c.token,
            outbound.c.owner == self._owner,
        )


def _longest_due() -> sa.CTE:
    # MATERIALIZED keeps the limit and the locks together; the lane is compared, never sorted
    # by, so that the index gives the rows in order.
    return (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(
            outbound.c.state.in_(origins(ReminderStatus.QUEUED)),
            outbound.c.channel == parameter("channel", sa.Text),
            outbound.c.lane == parameter("lane", sa.SmallInteger),
            outbound.c.hold_id.is_(None),
            outbound.c.due_at <= product_now,
            outbound.c.not_before <= sa.func.now(),
        )
        .order_by(outbound.c.due_at)
        .limit(parameter("most", sa.Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED")
    )


def _taking(due: sa.CTE, owner: UUID, lease: timedelta) -> Precompiled[tuple[Claim, bool]]:
    late = outbound.c.due_at < product_now - sa.literal(_LATE, sa.Interval())
    return Precompiled(
        sa.update(outbound)
        .where(outbound.c.clinic_id == due.c.clinic_id, outbound.c.id == due.c.id)
        .values(
            state=ReminderStatus.QUEUED,
            state_at=product_now,
            token=outbound.c.token + 1,
            owner=owner,
            lease_until=sa.func.now() + sa.literal(lease, sa.Interval()),
        )
        .returning(*_COLUMNS, late),
        _claim,
    )


def _claim(*columns: Any) -> tuple[Claim, bool]:  # noqa: ANN401 - columns of several types
    *values, is_late = columns
    known = dict(zip(_NAMES, values, strict=True))
    for name, members in _MEMBERS.items():
        known[name] = members(known[name])
    return Claim(**known), is_late


def _mine(claims: Sequence[Claim], **more: Sequence[object]) -> sa.TableValuedAlias:
    return rows(
        "mine",
        clinic_id=[claim.clinic_id for claim in claims],
        id=[claim.id for claim in claims],
        token=[claim.token for claim in claims],
        **more,
    )


def _decided(moved: sa.CTE, *which: sa.ColumnElement[bool]) -> sa.Insert:
    return sa.insert(decision).from_select(
        ["clinic_id", "outbound_id", "at", "code"],
        sa.select(moved.c.clinic_id, moved.c.id, product_now, moved.c.code).where(*which),
    )
