"""Messages that operators' holds keep back."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.tables import hold, outbound
from services.reminders.database.unit_of_work import transaction
from services.reminders.delivery.storage.expired_leases import Moved

_BATCH = 500
_BATCHES = 10


class HeldMessages:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def let_go(self) -> Moved:
        """Make what released holds kept back claimable again, some thousands at once.

        A message that another hold keeps back is parked again when it is claimed.
        """
        moved: Moved = []
        for _ in range(_BATCHES):
            batch = self._let_go_batch()
            moved += batch
            if len(batch) < _BATCH:
                break
        return moved

    def _let_go_batch(self) -> Moved:
        batch = _let_go()
        statement = (
            sa.update(outbound)
            .where(outbound.c.clinic_id == batch.c.clinic_id, outbound.c.id == batch.c.id)
            .values(hold_id=None, state_reason=None, state_at=product_now)
            .returning(outbound.c.clinic_id, outbound.c.id)
        )
        with transaction(self._engine) as connection:
            moved = [(row.clinic_id, row.id) for row in connection.execute(statement)]
            if moved:
                decide(connection, moved, Reason.RELEASED)
        return moved


def _let_go() -> sa.CTE:
    """Search hold by hold, so that what a standing hold keeps back is not read."""
    kept_back = (
        sa.select(outbound.c.clinic_id, outbound.c.id)
        .where(
            outbound.c.state == ReminderStatus.SCHEDULED,
            outbound.c.hold_id.is_not(None),
            outbound.c.hold_id == hold.c.id,
        )
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
        .correlate(hold)
        .lateral("kept_back")
    )
    return (
        sa.select(kept_back.c.clinic_id, kept_back.c.id)
        .select_from(hold.join(kept_back, sa.true()))
        .where(hold.c.released_at.is_not(None))
        .limit(_BATCH)
        .cte("batch")
        .prefix_with("MATERIALIZED")
    )
