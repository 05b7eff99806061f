"""Transactions whose failures the use cases can tell apart."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import sqlalchemy.exc

from services.reminders.usecases.delivery_ports import StorageAway


@contextmanager
def alone(engine: sa.Engine) -> Iterator[sa.Connection]:
    """For statements each of which is a transaction by itself: two round trips less.

    Raises as `transaction` does.
    """
    with _faults(), engine.connect() as opened:
        yield opened.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Commit at the end of the block; raises StorageAway for what a later try may mend.

    After StorageAway nobody knows whether the commit took place.
    """
    with _faults(), engine.begin() as connection:
        yield connection


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (
        sqlalchemy.exc.OperationalError,  # away, restarting, out of time, or deadlocked
        sqlalchemy.exc.InterfaceError,
        sqlalchemy.exc.TimeoutError,  # no connection free
    ) as fault:
        raise StorageAway(type(fault).__name__) from fault
