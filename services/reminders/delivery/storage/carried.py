"""What messages carry the text of others, and which others lost their carrier."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus
from services.reminders.core.claim import Claim
from services.reminders.core.reasons import Reason
from services.reminders.core.visits import NEVER_SENT
from services.reminders.database.decisions import decide
from services.reminders.database.joins import IS_ITS_ENROLLMENT, IS_ITS_PLAN
from services.reminders.database.tables import enrollment, outbound, plan_version
from services.reminders.database.transactions import transaction
from services.reminders.database.unnest import among
from services.reminders.delivery.storage.telling import About

_BATCH = 200

Place = tuple[int, int]  # (clinic id, outbound id)


class CarriedStep(msgspec.Struct, frozen=True):
    """A step whose text another message carries."""

    step_key: str
    about: About


def carried_by(
    connection: sa.Connection, claims: Sequence[Claim]
) -> Mapping[Place, list[CarriedStep]]:
    """Find, by the key of its carrier, each carried step with its procedure and its plan."""
    carriers = {claim.key for claim in claims if claim.step_key is not None}
    found: defaultdict[Place, list[CarriedStep]] = defaultdict(list)
    if not carriers:
        return found
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(
            *(outbound.c.clinic_id, outbound.c.merged_into, outbound.c.step_key),
            *(enrollment.c.procedure_at, enrollment.c.procedure_ended_at),
            plan_version.c.content,
        )
        .join_from(outbound, enrollment, IS_ITS_ENROLLMENT)
        .join(plan_version, IS_ITS_PLAN)
        .where(
            among((outbound.c.clinic_id, outbound.c.merged_into), carriers),
            outbound.c.state == ReminderStatus.MERGED,
        )
        .order_by(outbound.c.id)
    )
    for row in connection.execute(statement):
        about = About(row.content, row.procedure_at, row.procedure_ended_at)
        found[row.clinic_id, row.merged_into].append(CarriedStep(row.step_key, about))
    return found


class Carried:
    """For the sweeper: what the ending of its carrier left without one."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def release(self) -> list[Place]:
        """Make due again what is still useful, and whose carrier ended without being sent."""
        carrier = outbound.alias("carrier")
        lost = (
            sa.select(outbound.c.clinic_id, outbound.c.id)
            .join(
                carrier,
                sa.and_(
                    carrier.c.clinic_id == outbound.c.clinic_id,
                    carrier.c.id == outbound.c.merged_into,
                ),
            )
            .where(
                outbound.c.state == ReminderStatus.MERGED,
                outbound.c.useful_until > product_now,
                outbound.c.due_at <= product_now,
                carrier.c.state.in_(NEVER_SENT),
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
