"""References that clinics give to their patients and enrollments."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from services.contracts.reminders import Scope
from services.reminders.core.key import Referred


def claim_reference(
    connection: sa.Connection, table: sa.Table, scope: Scope, reference: str
) -> int | None:
    """Find the row with a reference; others who claim it wait until the transaction ends."""
    name = f"{table.name}.{scope.clinic_id}.{scope.mode}.{reference}"
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 8))))
    return next(iter(referred(connection, table, [(scope, reference)]).values()), None)


def referred(
    connection: sa.Connection, table: sa.Table, references: Collection[tuple[Scope, str]]
) -> Mapping[Referred, int]:
    """Find ids by references, each within its scope."""
    wanted = [(scope.clinic_id, scope.mode.value, text) for scope, text in references]
    columns = (table.c.clinic_id, table.c.mode, table.c.reference)
    rows = connection.execute(
        sa.select(*columns, table.c.id).where(sa.tuple_(*columns).in_(wanted))
    )
    return {(row.clinic_id, row.mode, row.reference): row.id for row in rows}
