"""Upgrades the database schemas of all services."""

from collections.abc import Callable

import sqlalchemy as sa

from services.chassis.database import migrate, open_engine

HISTORIES = ("chassis", "content", "reminders", "gateway")
"""Packages with an Alembic history, in order; each owns the schema of its name."""


def migrate_all(url: str, *, report: Callable[[str], None] = lambda _: None) -> None:
    """Upgrade all schemas; doing it twice, or from two processes at once, changes nothing."""
    for name in HISTORIES:
        report(f"Bringing the database's schema {name} up to date.")
        migrate(url, package=name, schema=name)


def has_schemas(url: str) -> bool:
    """Whether this database has been migrated before."""
    engine = open_engine(url, application_name="afterglow", pool_size=1)
    try:
        return sa.inspect(engine).has_schema(HISTORIES[0])
    finally:
        engine.dispose()
