"""Why messages are what they are."""

from collections.abc import Sequence

import sqlalchemy as sa

from services.chassis.clock import product_now
from services.reminders.storage.rows import table_of, values_of
from services.reminders.storage.tables import decision


def decide(connection: sa.Connection, keys: Sequence[tuple[int, int]], code: str) -> None:
    """Record why messages (clinic id, outbound id) moved."""
    connection.execute(
        sa.insert(decision).values(at=product_now),
        [{"clinic_id": clinic_id, "outbound_id": id_, "code": code} for clinic_id, id_ in keys],
    )


def decide_each(
    connection: sa.Connection, clinic_id: int, taken: Sequence[tuple[int, str, str | None]]
) -> None:
    """Record decisions (outbound id, code, detail) of one clinic, in order."""
    if not taken:
        return
    numbers, codes, details = zip(*taken, strict=True)
    told = values_of("new", outbound_id=numbers, code=codes, detail=details)
    connection.execute(_DECIDE, {"clinic_id": clinic_id, **told})


def _decide_statement() -> sa.Insert:
    new = table_of("new", "outbound_id", "code", "detail")
    told = sa.select(
        sa.bindparam("clinic_id", type_=sa.BigInteger()),
        new.c.outbound_id,
        product_now,
        new.c.code,
        new.c.detail,
    )
    columns = ["clinic_id", "outbound_id", "at", "code", "detail"]
    return sa.insert(decision).from_select(columns, told)


_DECIDE = _decide_statement()
