"""Operators' holds, and the messages that they keep back."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import AttemptOutcome, ReminderStatus
from services.reminders.core.claim import Claim
from services.reminders.core.holds import Hold
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.tables import delivery_attempt, hold, outbound
from services.reminders.database.transactions import transaction
from services.reminders.database.unnest import rows
from services.reminders.delivery.storage.expired_leases import Moved

_BATCH = 500
_BATCHES = 10


def standing_holds(connection: sa.Connection) -> list[Hold]:
    names = ("id", "clinic_id", "channel", "provider", "plan", "plan_version")
    columns = [hold.c[name] for name in names]
    standing = sa.select(*columns).where(hold.c.released_at.is_(None))
    return [Hold(**row) for row in connection.execute(standing).mappings()]


class HeldMessages:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def let_go(self) -> Moved:
        """Make what released holds kept back claimable again, some thousands at once.

        What another hold stands against is held anew when it is claimed.
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
    """Found hold by hold, so that what a standing hold keeps back is not read."""
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


def refusals(
    connection: sa.Connection, claims: Sequence[Claim]
) -> dict[tuple[int, int], frozenset[str]]:
    """Which providers definitely refused a message, for those tried before."""
    tried = [claim for claim in claims if claim.attempts]
    if not tried:
        return {}
    wanted = rows(
        "tried",
        clinic_id=[claim.clinic_id for claim in tried],
        id=[claim.id for claim in tried],
    )
    found: dict[tuple[int, int], set[str]] = {}
    for row in connection.execute(
        sa.select(
            delivery_attempt.c.clinic_id,
            delivery_attempt.c.outbound_id,
            delivery_attempt.c.provider,
        ).where(
            delivery_attempt.c.clinic_id == wanted.c.clinic_id,
            delivery_attempt.c.outbound_id == wanted.c.id,
            delivery_attempt.c.outcome == AttemptOutcome.REJECTED_FOR_NOW,
            delivery_attempt.c.code.not_in(_OURS),
        )
    ):
        found.setdefault((row.clinic_id, row.outbound_id), set()).add(row.provider)
    return {key: frozenset(providers) for key, providers in found.items()}


_OURS: Collection[str] = (Reason.NEVER_LEFT, "TOO_LATE", "CLOSED_BY_OPERATOR")
"""Codes of attempts that no provider heard of."""
