"""Reads and advances the product clock."""

from datetime import timedelta

import sqlalchemy as sa

from services.chassis import clock
from services.contracts.operations import ClockRecord


class ClockRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def read(self) -> ClockRecord:
        return _record(clock.read_clock(self._connection))

    def advance(self, by: timedelta) -> ClockRecord:
        return _record(clock.advance(self._connection, by))


def _record(reading: clock.ClockReading) -> ClockRecord:
    return ClockRecord(product=reading.product, real=reading.real, rate=reading.rate)
