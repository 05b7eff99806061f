"""Counts the outcomes of all messages at the provider and in the database."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from services.contracts.words import ReminderStatus
from services.reminders.database.tables import delivery_attempt, outbound
from tests.support.reminders.load import Load

TEXT = "Keep your skin clean"
"""What only reminders say: confirmations of an opt-out are texts too."""

_IN_FLIGHT = timedelta(seconds=10)
_MOVING = {ReminderStatus.SCHEDULED, ReminderStatus.QUEUED, ReminderStatus.SENDING}
_SENT = {ReminderStatus.ACCEPTED, ReminderStatus.DELIVERED, ReminderStatus.UNDELIVERED}

_BEGUN_AFTER = sa.text("""
    select count(*) from reminders.delivery_attempt a
    join reminders.outbound o on o.clinic_id = a.clinic_id and o.id = a.outbound_id
    join reminders.contact_point c on c.clinic_id = o.clinic_id and c.id = o.contact_point_id
    join reminders.suppression s on s.clinic_id = o.clinic_id
      and s.address_index = c.address_index and s.reason = 'OPT_OUT'
    where a.clinic_id = :clinic and o.kind = 'REMINDER'
      and a.started_at > pg_xact_commit_timestamp(s.xmin)
""")


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """All but `messages`, `texts`, `opted_out` and the lateness must be 0; `unknown` may not be.

    `lost`: at nobody's phone, and not in a final state that says so. `doubled`: phones with one
    reminder too many. `late`: begun after an opt-out's commit, or arrived 10 s after it.
    `untrue`: sent by one account and not by the other.
    """

    messages: int
    texts: int
    opted_out: int
    lost: int
    doubled: int
    unknown: int
    late: int
    untrue: int
    p50: float  # seconds from due to the provider
    p99: float

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.late or self.untrue)

    def line(self, name: str, seconds: float) -> str:
        return (
            f"{name:<34}{self.messages:>6}{self.texts:>7}{self.lost:>6}{self.doubled:>9}"
            f"{self.unknown:>9}{self.late:>6}{self.untrue:>8}{self.p50:>7.1f}{self.p99:>6.1f}"
            f"{seconds:>6.0f} s  {'ok' if self.is_clean else 'FAILED'}"
        )


HEADER = (
    f"{'':<34}{'sent':>6}{'texts':>7}{'lost':>6}{'doubled':>9}{'unknown':>9}{'late':>6}"
    f"{'untrue':>8}{'p50':>7}{'p99':>6}"
)


def unsettled(load: Load) -> int:
    """How many messages still move, or are unknown and may become known."""
    states = Counter(row.state for row in _reminders(load))
    return sum(states[state] for state in (*_MOVING, ReminderStatus.UNKNOWN))


def score(load: Load, arrived: list[dict[str, Any]]) -> Score:
    reminders = {row.contact_point_id: row for row in _reminders(load)}
    mine = {person.phone: reminders[person.contact_id] for person in load.people}
    texts = [message for message in arrived if message["to"] in mine and TEXT in message["text"]]
    times = Counter(text["to"] for text in texts)
    opted_out = _opt_outs(load)
    waits = sorted(
        (_moment(text) - mine[text["to"]].due_at).total_seconds() for text in texts
    ) or [0.0]  # fmt: skip
    return Score(
        messages=len(mine),
        texts=len(texts),
        opted_out=len(opted_out),
        lost=sum(row.state in _MOVING and not times[to] for to, row in mine.items()),
        doubled=sum(count - 1 for count in times.values()),
        unknown=sum(row.state is ReminderStatus.UNKNOWN for row in mine.values()),
        late=_begun_after_opt_out(load)
        + sum(_is_late(text, opted_out, mine[text["to"]].contact_point_id) for text in texts),
        untrue=sum(_is_untrue(row, times[to]) for to, row in mine.items()) + _miscounted(load),
        p50=waits[len(waits) // 2],
        p99=waits[int(len(waits) * 0.99)],
    )


def _is_untrue(row: sa.Row[Any], times: int) -> bool:
    if row.state in _SENT:
        return times == 0
    return times > 0 and row.state is not ReminderStatus.UNKNOWN


def _is_late(text: dict[str, Any], opted_out: dict[int, datetime], contact_id: int) -> bool:
    since = opted_out.get(contact_id)
    return since is not None and _moment(text) > since + _IN_FLIGHT


def _moment(text: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(text["receivedAt"])


def _reminders(load: Load) -> list[sa.Row[Any]]:
    statement = sa.select(outbound).where(
        outbound.c.clinic_id == load.due.clinic_id, outbound.c.kind == "REMINDER"
    )
    with load.due.engine.connect() as connection:
        return list(connection.execute(statement))


def _opt_outs(load: Load) -> dict[int, datetime]:
    """When the opt-out of each contact point was committed."""
    statement = sa.text("""
        select c.id, pg_xact_commit_timestamp(s.xmin) as at from reminders.suppression s
        join reminders.contact_point c on c.clinic_id = s.clinic_id
          and c.address_index = s.address_index
        where s.clinic_id = :clinic and s.reason = 'OPT_OUT'
    """)
    with load.due.engine.connect() as connection:
        opt_outs = connection.execute(statement, {"clinic": load.due.clinic_id})
        return {row.id: row.at for row in opt_outs}


def _begun_after_opt_out(load: Load) -> int:
    with load.due.engine.connect() as connection:
        parameters = {"clinic": load.due.clinic_id}
        return int(connection.execute(_BEGUN_AFTER, parameters).scalar_one())


def _miscounted(load: Load) -> int:
    """Messages whose attempts do not add up, or with two that may have been sent."""
    mine = delivery_attempt.c.clinic_id == outbound.c.clinic_id
    mine &= delivery_attempt.c.outbound_id == outbound.c.id
    counted = sa.select(sa.func.count()).where(mine).correlate(outbound).scalar_subquery()
    accepted = delivery_attempt.c.outcome.in_(("OPEN", "ACCEPTED", "UNKNOWN"))
    maybe_sent = (
        sa.select(sa.func.count()).where(mine, accepted).correlate(outbound).scalar_subquery()
    )
    statement = sa.select(sa.func.count()).where(
        outbound.c.clinic_id == load.due.clinic_id,
        sa.or_(counted != outbound.c.attempts, maybe_sent > 1),
    )
    with load.due.engine.connect() as connection:
        return int(connection.execute(statement).scalar_one())
