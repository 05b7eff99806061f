"""Claiming due messages, and giving them back."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus, TaskKind
from services.reminders.core.outbound import Claim, Priority
from services.reminders.core.reasons import Reason
from services.reminders.database.columns import SCHEMA
from services.reminders.database.decisions import IDLE
from services.reminders.database.fragments import (
    is_allowed,
    is_claimable,
    is_row,
    locked_batch,
    open_tasks,
)
from services.reminders.database.precompiled import (
    Precompiled,
    fields_of,
    parameter,
    rows,
    struct_row,
)
from services.reminders.database.tables import decision, outbound
from services.reminders.database.unit_of_work import in_index_order, transaction
from services.reminders.delivery.domain.dispatch import Drop, Park, Postpone

_COLUMNS: Final = tuple(outbound.c[name] for name in Claim.__struct_fields__)

_LATE = timedelta(seconds=2)
"""What is due longer than this shows a backlog."""


class _Claimed(msgspec.Struct, frozen=True):
    claim: Claim
    is_late: bool


class Claims:
    """The claims of one worker, known by its `owner` id. Nothing is done for an empty sequence."""

    def __init__(self, engine: sa.Engine, owner: UUID, lease: timedelta) -> None:
        self._engine = engine
        self._owner = owner
        self._rounds = Rounds()
        self._longest_due = _claim_statement(_longest_due(), owner, lease)
        self._fair = _claim_statement(fair(), owner, lease)

    def claim(self, channel: Channel, priority: Priority, limit: int) -> list[Claim]:
        """Take the messages of a priority that are due longest; no other worker gets them.

        While they are seconds late, clinics take turns instead.
        """
        common = {"channel": channel.value, "lane": priority.value, "most": limit}
        if self._rounds.are_on(channel, priority):
            turn = self._rounds.turn(channel, priority, limit)
            claimed = self._take(self._fair, **common, **turn)
            claims = [row.claim for row in claimed]
            self._rounds.took(channel, priority, claims, limit)
            if not claimed and self._rounds.are_on(channel, priority):
                return self.claim(channel, priority, limit)  # the next round begins
        else:
            claimed = self._take(self._longest_due, **common)
            if len(claimed) >= limit and all(row.is_late for row in claimed):
                self._rounds.start(channel, priority)
        return sorted((row.claim for row in claimed), key=lambda claim: claim.due_at)

    def _take(self, statement: Precompiled[_Claimed], **parameters: str | int) -> list[_Claimed]:
        with in_index_order(self._engine) as connection:
            return statement(connection, **parameters)

    def give_back(self, claims: Sequence[Claim], *, wait_seconds: float = 0.0) -> None:
        """Return what was claimed and not begun: nothing of it was sent."""
        if not claims:
            return
        statement = self._to_scheduled(_mine(claims), not_before=_in(wait_seconds))
        with transaction(self._engine) as connection:
            connection.execute(statement)

    def keep_waiting(self, claims: Sequence[Claim], *, code: Reason, wait_seconds: float) -> None:
        """Give back what cannot be sent now; each reason is recorded once."""
        if not claims:
            return
        mine = _mine(claims)
        news = (
            sa.select(outbound.c.clinic_id, outbound.c.id, sa.literal(str(code)).label("code"))
            .where(*self._still_mine(mine), outbound.c.state_reason.is_distinct_from(code))
            .cte("news")
        )
        with transaction(self._engine) as connection:
            connection.execute(_record(news))
            connection.execute(
                self._to_scheduled(mine, state_reason=code, not_before=_in(wait_seconds))
            )

    def drop(self, dropped: Sequence[tuple[Claim, Drop]]) -> None:
        """End messages without sending them, and record why."""
        if not dropped:
            return
        mine = _mine(
            [claim for claim, _ in dropped],
            state=[str(drop.state) for _, drop in dropped],
            code=[drop.code for _, drop in dropped],
        )
        allowed = is_allowed(mine.c.state, {drop.state for _, drop in dropped})
        moved = (
            sa.update(outbound)
            .where(*self._still_mine(mine), allowed)
            .values(state=mine.c.state, state_reason=mine.c.code, **IDLE)
        )
        self._move(moved, mine)

    def postpone(self, postponed: Sequence[tuple[Claim, Postpone, str]]) -> None:
        """Make messages due later, in product time; the text is that moment on their clock.

        One that waits on for the same reason gets no second decision.
        """
        if not postponed:
            return
        mine = _mine(
            [claim for claim, _, _ in postponed],
            at=[later.until for _, later, _ in postponed],
            code=[later.code for _, later, _ in postponed],
            local_due_at=[text for _, _, text in postponed],
        )
        changed = (
            sa.select(outbound.c.clinic_id, outbound.c.id)
            .where(*self._still_mine(mine), outbound.c.state_reason.is_distinct_from(mine.c.code))
            .cte("changed")
        )
        moved = self._to_scheduled(
            mine,
            state_reason=mine.c.code,
            due_at=mine.c.at,
            local_due_at=mine.c.local_due_at,
        )
        self._move(moved, mine, changed)

    def park(self, parked: Sequence[tuple[Claim, Park]]) -> None:
        """Keep messages back until their hold is released; one released meanwhile keeps none."""
        if not parked:
            return
        mine = _mine(
            [claim for claim, _ in parked],
            hold_id=[park.hold_id for _, park in parked],
            code=[park.code for _, park in parked],
        )
        moved = self._to_scheduled(mine, state_reason=mine.c.code, hold_id=mine.c.hold_id)
        self._move(moved, mine)

    def open_task(self, claim: Claim, kind: TaskKind, title: str) -> None:
        """Open a staff task about a message. The title must name no patient."""
        with transaction(self._engine) as connection:
            its_message = (outbound.c.clinic_id == claim.clinic_id, outbound.c.id == claim.id)
            connection.execute(open_tasks(kind, title, *its_message))

    def _still_mine(self, mine: sa.TableValuedAlias) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            is_row(outbound, mine),
            outbound.c.token == mine.c.token,
            outbound.c.owner == self._owner,
        )

    def _to_scheduled(self, mine: sa.TableValuedAlias, **values: Any) -> sa.Update:  # noqa: ANN401 - columns of several types
        return (
            sa.update(outbound)
            .where(*self._still_mine(mine), outbound.c.state == ReminderStatus.QUEUED)
            .values(state=ReminderStatus.SCHEDULED, **values, **IDLE)
        )

    def _move(
        self, moving: sa.Update, mine: sa.TableValuedAlias, changed: sa.CTE | None = None
    ) -> None:
        """Move messages, and record the code of each that moved, or of each that `changed`."""
        moved = moving.returning(outbound.c.clinic_id, outbound.c.id, mine.c.code).cte("moved")
        which = () if changed is None else (sa.exists().where(is_row(changed, moved)),)
        with transaction(self._engine) as connection:
            connection.execute(_record(moved, *which))


def _longest_due() -> sa.CTE:
    due = (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(is_claimable(parameter("channel", sa.Text), parameter("lane", sa.SmallInteger)))
        .order_by(outbound.c.due_at)
    )
    return locked_batch(due, parameter("most", sa.Integer), name="due")


def _claim_statement(due: sa.CTE, owner: UUID, lease: timedelta) -> Precompiled[_Claimed]:
    claimed = (
        sa.update(outbound)
        .where(is_row(outbound, due))
        .values(
            state=ReminderStatus.QUEUED,
            state_at=product_now,
            token=outbound.c.token + 1,
            owner=owner,
            lease_until=sa.func.now() + sa.literal(lease, sa.Interval()),
        )
    )
    is_late = outbound.c.due_at < product_now - sa.literal(_LATE, sa.Interval())
    claim = struct_row(claimed.returning(*_COLUMNS), Claim)
    return Precompiled(
        claimed.returning(*_COLUMNS, is_late),
        lambda *columns: _Claimed(claim(*columns[:-1]), columns[-1]),
    )


def _mine(claims: Sequence[Claim], **more: Sequence[object]) -> sa.TableValuedAlias:
    return rows("mine", **fields_of(claims, "clinic_id", "id", "token"), **more)


def _in(seconds: float) -> sa.ColumnElement[Any]:
    return sa.func.now() + sa.literal(timedelta(seconds=seconds))


def _record(moved: sa.CTE, *which: sa.ColumnElement[bool]) -> sa.Insert:
    return sa.insert(decision).from_select(
        ["clinic_id", "outbound_id", "at", "code"],
        sa.select(moved.c.clinic_id, moved.c.id, product_now, moved.c.code).where(*which),
    )


_SENT_ON = (Channel.SMS, Channel.EMAIL)


class Due:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._probe = Precompiled(_probe(), Channel)

    def channels(self) -> set[Channel]:
        """Return the channels with a message that could be claimed now."""
        with in_index_order(self._engine) as connection:
            return set(self._probe(connection))


def _probe() -> sa.Select[str]:
    """One statement for all priorities: to plan a probe takes longer than to run it."""
    queues = sa.values(
        sa.column("channel", sa.Text()), sa.column("priority", sa.SmallInteger()), name="queues"
    ).data([(channel.value, priority.value) for channel in _SENT_ON for priority in Priority])
    due = (
        sa.select(sa.true())
        .select_from(outbound)
        .where(is_claimable(queues.c.channel, queues.c.priority))
        .order_by(outbound.c.due_at)
        .limit(1)
        .correlate(queues)
        .lateral("due")
    )
    return sa.select(queues.c.channel).select_from(queues.join(due, sa.true()))


# `due_at` is compared for each clinic and not while skipping: that would read every row not due.
# The conditions are those of `fragments.is_claimable`.
_DUE: Final = f"""
with recursive clinics(clinic_id) as (
  (select clinic_id from {SCHEMA}.outbound
   where state = 'SCHEDULED' and hold_id is null and channel = :channel and lane = :lane
     and clinic_id > :after
   order by clinic_id limit 1)
  union all
  select (select next.clinic_id from {SCHEMA}.outbound next
          where next.state = 'SCHEDULED' and next.hold_id is null and next.channel = :channel
            and next.lane = :lane and next.clinic_id > clinics.clinic_id
          order by next.clinic_id limit 1)
  from clinics where clinics.clinic_id is not null
)
select due.clinic_id, due.id
from clinics cross join lateral (
  select own.clinic_id, own.id from {SCHEMA}.outbound own
  where own.state = 'SCHEDULED' and own.hold_id is null and own.channel = :channel
    and own.lane = :lane and own.clinic_id = clinics.clinic_id
    and own.due_at <= chassis.product_now() and own.not_before <= now()
  order by own.due_at limit :quota for update skip locked
) due
limit :most
"""  # noqa: S608 - the schema's name is ours

_LEAST_QUOTA: Final = 4


def fair() -> sa.CTE:
    """The rows of some turns. Parameters: channel, lane, after, quota and most."""
    return (
        sa.text(_DUE)
        .bindparams(
            parameter("channel", sa.Text),
            parameter("lane", sa.SmallInteger),
            *(parameter(name, sa.BigInteger) for name in ("after", "quota", "most")),
        )
        .columns(sa.column("clinic_id", sa.BigInteger), sa.column("id", sa.BigInteger))
        .cte("due")
        .prefix_with("MATERIALIZED")
    )


class _Round(msgspec.Struct):
    """`after` is the last clinic that had its turn; `quota` what each may give in one claim."""

    after: int = 0
    quota: int = 8


class Rounds:
    """Whose turn it is, for one worker; urgent messages take no turns."""

    def __init__(self) -> None:
        self._rounds: dict[tuple[Channel, Priority], _Round] = {}

    def are_on(self, channel: Channel, priority: Priority) -> bool:
        return (channel, priority) in self._rounds

    def start(self, channel: Channel, priority: Priority) -> None:
        if priority is not Priority.URGENT:
            self._rounds.setdefault((channel, priority), _Round())

    def turn(self, channel: Channel, priority: Priority, most: int) -> dict[str, int]:
        """Parameters of `fair`: which clinics the next turns start after, and what each gives."""
        turn = self._rounds[channel, priority]
        return {"after": turn.after, "quota": min(turn.quota, most)}

    def took(
        self, channel: Channel, priority: Priority, claims: Sequence[Claim], most: int
    ) -> None:
        """Continue after the last clinic; from the first again once all had their turn.

        If a claim meets many clinics, each gives less; if it meets few, more.
        """
        turn = self._rounds[channel, priority]
        if len(claims) >= most:
            turn.after = max(claim.clinic_id for claim in claims)
            if any(claim.clinic_id != turn.after for claim in claims):
                turn.quota = max(_LEAST_QUOTA, turn.quota // 2)
        elif turn.after:
            turn.after = 0
        elif claims and turn.quota < most:
            turn.quota *= 2
        else:
            del self._rounds[channel, priority]  # a whole round is less than a claim: no backlog
