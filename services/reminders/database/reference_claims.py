"""Two commands with the same reference check one after the other whether it is free."""

import sqlalchemy as sa

from services.contracts.reminders import Scope


def claim(connection: sa.Connection, kind: str, scope: Scope, reference: str) -> None:
    """Lock a reference of a clinic and mode until the transaction ends."""
    name = f"{kind}.{scope.clinic_id}.{scope.mode}.{reference}"
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 8))))
