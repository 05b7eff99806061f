"""Why messages are what they are."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.reminders.storage.tables import decision


def decide(connection: sa.Connection, keys: Sequence[tuple[int, int]], code: str) -> None:
    """Record why messages (clinic id, outbound id) moved."""
    connection.execute(
        sa.insert(decision).values(at=product_now),
        [{"clinic_id": clinic_id, "outbound_id": id_, "code": code} for clinic_id, id_ in keys],
    )
