"""Transactions whose failures the use cases can tell apart."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
import sqlalchemy.exc

from services.reminders.core.storage_away import StorageAway
from services.reminders.database.precompiled import driver_of


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """For statements each of which is a transaction by itself: two round trips less.

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
    """Commit at the end of the block; raises StorageAway for what a later try may mend.

    After StorageAway nobody knows whether the commit took place.
    """
    with _faults(), engine.begin() as connection:
        yield connection


@contextmanager
def in_index_order(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that reads the first rows of an index, whatever statistics say.

    Where nothing was due when they were taken, the planner takes it that nothing is, and would
    read and sort all there is rather than follow the index.
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
