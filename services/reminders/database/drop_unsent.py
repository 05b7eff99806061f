"""Messages that are not sent after all."""

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import Reason
from services.reminders.database.decisions import decide
from services.reminders.database.tables import outbound


def give_up(
    connection: sa.Connection, state: ReminderStatus, code: Reason, *which: sa.ColumnElement[bool]
) -> list[tuple[int, int]]:
    """End matching messages as SKIPPED or CANCELLED, for the reason `code`. Returns their keys."""
    statement = (
        sa.update(outbound)
        .where(*which)
        .values(state=state, state_reason=code, state_at=product_now, owner=None, lease_until=None)
        .returning(outbound.c.clinic_id, outbound.c.id)
    )
    ended = [(row.clinic_id, row.id) for row in connection.execute(statement)]
    if ended:
        decide(connection, ended, code)
    return ended
