"""Transactions whose failures the use cases can tell apart."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import sqlalchemy.exc

from services.reminders.usecases.delivery_ports import StorageAway


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Commit at the end of the block; raises StorageAway for what a later try may mend.

    After StorageAway nobody knows whether the commit took place.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except (
        sqlalchemy.exc.OperationalError,  # away, restarting, out of time, or deadlocked
        sqlalchemy.exc.InterfaceError,
        sqlalchemy.exc.TimeoutError,  # no connection free
    ) as fault:
        raise StorageAway(type(fault).__name__) from fault
