"""The intake as the web side and the forwarder use it: each with transactions of its own."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.chassis.clock import read_clock
from services.chassis.vault import Vault
from services.gateway.intake.forwarder import IntakeAway
from services.gateway.intake.items import IntakeItem, Told
from services.gateway.storage import intake


class ClaimedRows:
    def __init__(self, connection: sa.Connection, items: Sequence[IntakeItem]) -> None:
        self.items = items
        self._connection = connection

    def remove(self, ids: Collection[UUID]) -> None:
        intake.remove(self._connection, ids)

    def put_off(self, ids: Collection[UUID]) -> None:
        intake.put_off(self._connection, ids)

    def drop(self, items: Collection[IntakeItem]) -> None:
        intake.remove(self._connection, [item.id for item in items])
        intake.count_dropped(self._connection, items)


class StoredIntake:
    """`wake` is called after each commit of a new row."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self._wake: Callable[[], None] = _nobody

    def wakes(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def keep(self, make: Callable[[datetime], Told]) -> None:
        """Commit what is made for the product's present time; raises when it could not."""
        with self._engine.begin() as connection:
            told = make(read_clock(connection).product)
            intake.keep(connection, self._vault, told)
        self._wake()

    @contextmanager
    def claim(self, most: int) -> Iterator[ClaimedRows]:
        """Raise IntakeAway when the database is not there to tell, or goes away meanwhile."""
        try:
            with self._engine.begin() as connection:
                yield ClaimedRows(connection, intake.claim(connection, self._vault, most))
        except sa.exc.SQLAlchemyError as fault:
            raise IntakeAway(type(fault).__name__) from None


def _nobody() -> None:
    return None
