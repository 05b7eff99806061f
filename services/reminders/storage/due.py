"""Whether anything is due."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.domain.outbound import Lane
from services.reminders.domain.states import origins
from services.reminders.storage.fixed import Fixed
from services.reminders.storage.tables import outbound
from services.reminders.storage.transactions import in_index_order

_CARRIED = (Channel.SMS, Channel.EMAIL)


class Due:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        probes = (_probe(channel, lane) for channel in _CARRIED for lane in Lane)
        self._probes = Fixed(sa.select(*probes), lambda *found: found)

    def channels(self) -> set[Channel]:
        """The channels with a message that could be claimed now; one index probe a lane."""
        with in_index_order(self._engine) as connection:
            (found,) = self._probes(connection)
        return {Channel(one) for one in found if one}


def _probe(channel: Channel, lane: Lane) -> sa.ScalarSelect[str]:
    return (
        sa.select(outbound.c.channel)
        .where(
            outbound.c.state.in_(origins(ReminderStatus.QUEUED)),
            outbound.c.channel == channel,
            outbound.c.lane == lane.value,
            outbound.c.hold_id.is_(None),
            outbound.c.due_at <= product_now,
            outbound.c.not_before <= sa.func.now(),
        )
        .order_by(outbound.c.due_at)
        .limit(1)
        .scalar_subquery()
    )
