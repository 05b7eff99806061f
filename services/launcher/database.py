"""The database that the product runs on: its version, its schemas and its clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from services.chassis import clock
from services.chassis.database import migrate, open_engine
from services.launcher.faults import LauncherFault

HISTORIES: Final = ("chassis", "content", "reminders", "gateway")
"""Packages with an Alembic history, in order; each owns the schema of its name."""

_OLDEST_POSTGRES: Final = 150_000


def require_database(url: str) -> None:
    """Raise LauncherFault unless a supported PostgreSQL answers."""
    try:
        with _connected(url) as connection:
            version = connection.scalar(
                sa.text("SELECT current_setting('server_version_num')::int")
            )
    except sa.exc.SQLAlchemyError as fault:
        reason = str(getattr(fault, "orig", fault)).splitlines()[0]
        raise LauncherFault(
            f"The database does not answer: {reason}. Look at DATABASE_URL and whether it runs."
        ) from None
    if version < _OLDEST_POSTGRES:
        raise LauncherFault(
            f"The database is PostgreSQL {version // 10_000}; Afterglow needs "
            f"{_OLDEST_POSTGRES // 10_000} or later."
        )


def migrate_all(url: str, *, report: Callable[[str], None] = lambda _: None) -> None:
    """Upgrade all schemas; doing it twice, or from two processes at once, changes nothing."""
    for name in HISTORIES:
        report(f"Bringing the database's schema {name} up to date.")
        migrate(url, package=name, schema=name)


def has_schemas(url: str) -> bool:
    """Whether this database has been migrated before."""
    with _connected(url) as connection:
        return sa.inspect(connection).has_schema(HISTORIES[0])


def read_clock(url: str) -> clock.ClockReading:
    with _connected(url) as connection:
        return clock.read_clock(connection)


def set_clock_rate(url: str, rate: float) -> None:
    with _connected(url) as connection:
        clock.set_rate(connection, rate)


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    """Yield a connection in a transaction of its own."""
    engine = open_engine(url, application_name="afterglow", pool_size=1)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
