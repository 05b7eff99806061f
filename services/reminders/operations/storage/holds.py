"""Holds that keep messages back until an operator releases them."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.operations import HoldRecord, PlaceHold
from services.contracts.words import ReminderStatus
from services.reminders.database.repository import Repository
from services.reminders.database.tables import hold, outbound

_COPIED = ("clinic_id", "channel", "provider", "plan", "reason")


class HoldRepository(Repository):
    def place(self, new: PlaceHold) -> int:
        return self._connection.execute(
            sa.insert(hold)
            .values(
                **{name: getattr(new, name) for name in _COPIED},
                placed_by=new.actor,
                placed_at=product_now,
            )
            .returning(hold.c.id)
        ).scalar_one()

    def release(self, hold_id: int, actor: str) -> bool:
        """Returns False if there is no such hold, or if it was released before."""
        released = self._connection.execute(
            sa.update(hold)
            .where(hold.c.id == hold_id, hold.c.released_at.is_(None))
            .values(released_by=actor, released_at=product_now)
            .returning(hold.c.id)
        )
        return released.first() is not None

    def list(
        self, ids: Collection[int] | None = None, *, is_past: bool = True
    ) -> Sequence[HoldRecord]:
        held_messages = (
            sa.select(sa.func.count())
            .where(
                outbound.c.hold_id == hold.c.id,
                outbound.c.hold_id.is_not(None),
                outbound.c.state == ReminderStatus.SCHEDULED,
            )
            .correlate(hold)
            .scalar_subquery()
        )
        statement = sa.select(hold, held_messages.label("kept_back")).order_by(hold.c.id)
        if ids is not None:
            statement = statement.where(hold.c.id.in_(ids))
        if not is_past:
            statement = statement.where(hold.c.released_at.is_(None))
        return [HoldRecord(**row) for row in self._connection.execute(statement).mappings()]
