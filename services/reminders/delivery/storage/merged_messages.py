"""Messages whose text is merged into another one, the merge host."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.core.visits import NEVER_SENT
from services.reminders.database.decisions import decide
from services.reminders.database.tables import outbound
from services.reminders.database.unit_of_work import transaction

_BATCH = 200

Key = tuple[int, int]  # (clinic id, outbound id)


class MergedMessages:
    """For the sweeper: messages whose merge host ended without being sent."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def release(self) -> list[Key]:
        """Make those that are still useful due again."""
        host = outbound.alias("host")
        lost = (
            sa.select(outbound.c.clinic_id, outbound.c.id)
            .join(
                host,
                sa.and_(
                    host.c.clinic_id == outbound.c.clinic_id,
                    host.c.id == outbound.c.merged_into,
                ),
            )
            .where(
                outbound.c.state == ReminderStatus.MERGED,
                outbound.c.useful_until > product_now,
                outbound.c.due_at <= product_now,
                host.c.state.in_(NEVER_SENT),
            )
            .limit(_BATCH)
            .with_for_update(of=outbound, skip_locked=True)
            .cte("lost")
            .prefix_with("MATERIALIZED")
        )
        statement = (
            sa.update(outbound)
            .where(outbound.c.clinic_id == lost.c.clinic_id, outbound.c.id == lost.c.id)
            .values(
                state=ReminderStatus.SCHEDULED,
                state_reason=None,
                state_at=product_now,
                merged_into=None,
            )
            .returning(outbound.c.clinic_id, outbound.c.id)
        )
        with transaction(self._engine) as connection:
            moved = [(row.clinic_id, row.id) for row in connection.execute(statement)]
            if moved:
                decide(connection, moved, Reason.UNMERGED)
        return moved
