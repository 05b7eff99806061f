"""Transactions that raise StorageAway for what may succeed later."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
import sqlalchemy.exc

from services.reminders.database.precompiled import driver_of


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
