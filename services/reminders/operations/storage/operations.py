"""The log of what operators did."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from services.chassis.clock import product_now
from services.contracts.operations import OperationRecord
from services.reminders.database.tables import operation
from services.reminders.operations.domain.operation import NewOperation


class OperationRepository:
    """In the transaction of one command."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: NewOperation) -> None:
        self._connection.execute(
            sa.insert(operation).values(at=product_now, **msgspec.structs.asdict(new))
        )

    def newest(self, limit: int) -> Sequence[OperationRecord]:
        names = ("at", "kind", "actor", "reason", "filters", "affected")
        statement = (
            sa.select(*(operation.c[name] for name in names))
            .order_by(operation.c.id.desc())
            .limit(limit)
        )
        return [OperationRecord(**row) for row in self._connection.execute(statement).mappings()]
