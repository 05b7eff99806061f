"""Whether anything is due."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import Lane
from services.reminders.core.states import origins
from services.reminders.database.precompiled import Precompiled
from services.reminders.database.tables import outbound
from services.reminders.database.transactions import in_index_order

_CARRIED = (Channel.SMS, Channel.EMAIL)


class Due:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._probe = Precompiled(_probe(), Channel)

    def channels(self) -> set[Channel]:
        """The channels with a message that could be claimed now; one index probe a lane."""
        with in_index_order(self._engine) as connection:
            return set(self._probe(connection))


def _probe() -> sa.Select[str]:
    """Planned once and looked up lane by lane: to plan a probe takes longer than to run it."""
    lanes = sa.values(
        sa.column("channel", sa.Text()), sa.column("lane", sa.SmallInteger()), name="lanes"
    ).data([(channel.value, lane.value) for channel in _CARRIED for lane in Lane])
    due = (
        sa.select(sa.true())
        .select_from(outbound)
        .where(
            outbound.c.state.in_(origins(ReminderStatus.QUEUED)),
            outbound.c.channel == lanes.c.channel,
            outbound.c.lane == lanes.c.lane,
            outbound.c.hold_id.is_(None),
            outbound.c.due_at <= product_now,
            outbound.c.not_before <= sa.func.now(),
        )
        .order_by(outbound.c.due_at)
        .limit(1)
        .correlate(lanes)
        .lateral("due")
    )
    return sa.select(lanes.c.channel).select_from(lanes.join(due, sa.true()))
