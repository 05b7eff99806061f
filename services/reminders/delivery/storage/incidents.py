"""Tasks that are opened once for many messages."""

from typing import Any

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import TaskKind
from services.reminders.core.outbound import Claim
from services.reminders.database.fragments import DUE_TOMORROW
from services.reminders.database.tables import staff_task
from services.reminders.database.unit_of_work import transaction


class Incidents:
    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def open_once(self, claim: Claim, title: str) -> None:
        """Open a task about a message's patient, unless one of this title is open.

        Workers that notice the same incident at once wait for each other.
        """
        values: dict[sa.Column[Any], sa.ColumnElement[Any]] = {
            staff_task.c.clinic_id: sa.literal(claim.clinic_id),
            staff_task.c.patient_id: sa.literal(claim.patient_id, sa.BigInteger()),
            staff_task.c.enrollment_id: sa.literal(claim.enrollment_id, sa.BigInteger()),
            staff_task.c.outbound_id: sa.literal(claim.id),
            staff_task.c.kind: sa.literal(str(TaskKind.OTHER)),
            staff_task.c.title: sa.literal(title),
            staff_task.c.opened_at: product_now,
            staff_task.c.due_at: DUE_TOMORROW,
        }
        is_open = sa.exists().where(
            staff_task.c.clinic_id == claim.clinic_id,
            staff_task.c.patient_id.is_not_distinct_from(claim.patient_id),
            staff_task.c.title == title,
            staff_task.c.done_at.is_(None),
        )
        name = sa.func.hashtextextended(f"incident:{claim.clinic_id}:{title}", 0)
        with transaction(self._engine) as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
            connection.execute(
                sa.insert(staff_task).from_select(
                    list(values), sa.select(*values.values()).where(~is_open)
                )
            )
