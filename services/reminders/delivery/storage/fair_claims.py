"""Turns for clinics while more is due than can leave: a big clinic does not hold up a small one.

Starting where the last claim ended, one clinic after the other gives some of its messages, those
due longest. The clinics are found by skipping through an index, never by reading what is due.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.reminders.core.claim import Claim
from services.reminders.core.outbound import Priority
from services.reminders.database.columns import SCHEMA
from services.reminders.database.precompiled import parameter

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
