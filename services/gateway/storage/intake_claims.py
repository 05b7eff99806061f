"""The intake for the web side and for the forwarder, each with its own transactions."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.chassis.clock import read_clock
from services.chassis.vault import Vault
from services.gateway.intake.forwarder import IntakeUnavailable
from services.gateway.intake.items import IntakeItem, IntakePayload
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
    """Stores and claims rows; calls the function set by `on_commit` after each new row."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self._wake: Callable[[], None] = _do_nothing

    def on_commit(self, wake: Callable[[], None]) -> None:
        self._wake = wake

    def keep(self, make: Callable[[datetime], IntakePayload]) -> None:
        """Store what `make` returns for the product's present time; raises if it cannot."""
        with self._engine.begin() as connection:
            payload = make(read_clock(connection).product)
            intake.keep(connection, self._vault, payload)
        self._wake()

    @contextmanager
    def claim(self, most: int) -> Iterator[ClaimedRows]:
        """Yield claimed rows; raises IntakeUnavailable if the database is away or goes away."""
        try:
            with self._engine.begin() as connection:
                yield ClaimedRows(connection, intake.claim(connection, self._vault, most))
        except sa.exc.SQLAlchemyError as fault:
            raise IntakeUnavailable(type(fault).__name__) from None


def _do_nothing() -> None:
    return None
