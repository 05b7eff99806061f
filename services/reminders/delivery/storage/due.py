"""Which channels have something due."""

import sqlalchemy as sa

from services.contracts.catalog import Channel
from services.reminders.core.outbound import Priority
from services.reminders.database.fragments import is_claimable
from services.reminders.database.precompiled import Precompiled
from services.reminders.database.tables import outbound
from services.reminders.database.unit_of_work import in_index_order

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
