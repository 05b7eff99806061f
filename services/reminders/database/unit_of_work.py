"""Transactions, and what all repositories of one share.

Each room's unit of work adds its repositories.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, cached_property

import psycopg
import sqlalchemy as sa
import sqlalchemy.exc

from services.chassis import clock
from services.chassis.vault import Vault
from services.contracts.catalog import AftercarePlan
from services.contracts.events import Event
from services.reminders.database.audit_log import AuditRepository
from services.reminders.database.idempotency import IdempotencyStore
from services.reminders.database.precompiled import Precompiled, driver_of
from services.reminders.database.repository import repository

PlanVersions = dict[tuple[int, int], AftercarePlan]
"""Decoded plans by (clinic id, plan version id). They never change, so they are cached."""


class UnitOfWork:
    """One transaction. `announce` publishes an event after the transaction has committed."""

    idempotency = repository(IdempotencyStore)

    def __init__(
        self,
        connection: sa.Connection,
        vault: Vault,
        plan_versions: PlanVersions,
        announce: Callable[[Event], None],
    ) -> None:
        self.connection = connection
        self.vault = vault
        self.plan_versions = plan_versions
        self.announce = announce

    def now(self) -> datetime:
        """The product time, which is the same throughout the transaction."""
        return self._now

    @cached_property
    def _now(self) -> datetime:
        return product_time(self.connection)

    @cached_property
    def audit(self) -> AuditRepository:
        return AuditRepository(self.connection)


def product_time(connection: sa.Connection) -> datetime:
    """Read the product's now."""
    return _time()(connection)[0]


@cache
def _time() -> Precompiled[datetime]:
    return Precompiled(sa.select(clock.product_now), lambda at: at)


class StorageAway(Exception):
    """The database cannot be reached now."""


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a connection on which each statement is a transaction: two round trips less.

    Raises as `transaction` does.
    """
    with _faults(), engine.connect() as connection:
        driver = driver_of(connection)
        driver.autocommit = True  # SQLAlchemy's own way there takes longer than most statements
        try:
            yield connection
        finally:
            if driver.closed:
                connection.invalidate()
            else:
                driver.autocommit = False


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Commit at the end of the block. Raises StorageAway for what may succeed later.

    After StorageAway it is unknown whether the commit took place.
    """
    with _faults(), engine.begin() as connection:
        yield connection


@contextmanager
def in_index_order(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that reads the first rows of an index, whatever statistics say.

    If nothing was due when statistics were collected, the planner expects that nothing is, and
    would read and sort all rows rather than follow the index.
    """
    with transaction(engine) as connection:
        driver_of(connection).execute(b"set local enable_sort = off")
        yield connection


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (
        psycopg.OperationalError,
        psycopg.InterfaceError,
        sqlalchemy.exc.OperationalError,  # away, restarting, out of time, or deadlocked
        sqlalchemy.exc.InterfaceError,
        sqlalchemy.exc.TimeoutError,  # no connection free
    ) as fault:
        raise StorageAway(type(fault).__name__) from fault
