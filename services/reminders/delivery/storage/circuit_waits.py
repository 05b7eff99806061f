"""What waits because a provider takes nothing: marked with its reason, and let go afterwards."""

from typing import Final

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.reminders.core.outbound import Priority
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import MessageKeys, move
from services.reminders.database.fragments import is_claimable, is_row, locked_batch
from services.reminders.database.tables import outbound
from services.reminders.database.unit_of_work import transaction

_MARKED_AT_ONCE: Final = 500
_LET_GO_AT_ONCE: Final = 10_000
"""What waits beyond these is tried again when its own wait is over, a minute at most."""

_MESSAGES: Final = sa.select(outbound.c.clinic_id, outbound.c.id)


class CircuitWaits:
    """Raises StorageAway."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def mark(self, channel: Channel) -> MessageKeys:
        """Record why due messages wait, once each. Returns the keys of those newly marked."""
        marked: MessageKeys = []
        is_new = outbound.c.state_reason.is_distinct_from(Reason.PROVIDER_AWAY)
        with transaction(self._engine) as connection:
            for priority in Priority:
                due = is_claimable(sa.literal(channel.value), sa.literal(priority.value))
                batch = locked_batch(_MESSAGES.where(due, is_new), _MARKED_AT_ONCE)
                marked += move(
                    connection,
                    Reason.PROVIDER_AWAY,
                    is_row(outbound, batch),
                    state_reason=Reason.PROVIDER_AWAY,
                )
        return marked


def let_go(connection: sa.Connection, channel: Channel) -> None:
    """Make due at once what waits for a provider, because one takes messages again."""
    waiting = locked_batch(
        _MESSAGES.where(
            outbound.c.state == ReminderStatus.SCHEDULED,
            outbound.c.hold_id.is_(None),
            outbound.c.channel == channel,
            outbound.c.lane.in_([priority.value for priority in Priority]),
            outbound.c.due_at <= product_now,
            outbound.c.state_reason == Reason.PROVIDER_AWAY,
        ),
        _LET_GO_AT_ONCE,
    )
    connection.execute(
        sa.update(outbound)
        .where(is_row(outbound, waiting))
        .values(not_before=sa.func.now(), state_reason=None)
    )
