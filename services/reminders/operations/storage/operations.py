"""The log of what operators did, and the product clock, which they may advance."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import sqlalchemy as sa

from services.chassis import clock
from services.chassis.clock import product_now
from services.contracts.operations import ClockRecord, OperationRecord
from services.reminders.core.structs import struct_from
from services.reminders.database.repository import Repository
from services.reminders.database.tables import operation
from services.reminders.operations.domain.operation import NewOperation


class OperationRepository(Repository):
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


class ClockRepository(Repository):
    def read(self) -> ClockRecord:
        return struct_from(ClockRecord, clock.read_clock(self._connection))

    def advance(self, by: timedelta) -> ClockRecord:
        return struct_from(ClockRecord, clock.advance(self._connection, by))
