"""Engines and migrations for PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from services.chassis.settings import Secret

_STATEMENT_MILLISECONDS = 10_000
_HISTORY_PLACES = ("migrations", "storage/migrations", "database/migrations")
"""Folders in which a package may have its Alembic history."""


def open_engine(
    url: str,
    *,
    application_name: str,
    pool_size: int = 5,
    is_checked: bool = True,
    idle_seconds: float = 15.0,
) -> sa.Engine:
    """Open a pool with UTC, a limit of 10 s a statement, and a check of each connection.

    A transaction that is idle for `idle_seconds` is ended, so long computations in one need more.
    `is_checked` False saves a round trip for each transaction, for callers that cope with a dead
    connection. Prepared statements are off, so that a pooler in transaction mode may be used.
    """
    return sa.create_engine(
        _driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=is_checked,
        connect_args={
            "application_name": application_name,
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,  # ms, to detect a network that drops everything
            "prepare_threshold": None,
            "options": f"-c timezone=UTC -c statement_timeout={_STATEMENT_MILLISECONDS}"
            f" -c idle_in_transaction_session_timeout={int(idle_seconds * 1000)}",
        },
    )


def migrate(url: str, *, package: str, schema: str) -> None:
    """Upgrade a schema to the newest revision of its package's migrations. Safe to repeat."""
    with _history(url, package, schema) as config:
        command.upgrade(config, "head")


def migrate_back(url: str, *, package: str, schema: str, revision: str) -> None:
    """Take a schema back to a revision, or to `base`. Raises if that would do harm."""
    with _history(url, package, schema) as config:
        command.downgrade(config, revision)


@contextmanager
def _history(url: str, package: str, schema: str) -> Iterator[Config]:
    """Configure Alembic for a package. Raises StopIteration if it has no history."""
    places = (files("services").joinpath(package, place) for place in _HISTORY_PLACES)
    resource = next(place for place in places if place.joinpath("env.py").is_file())
    with as_file(resource) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")  # a folder's name may contain a space
        config.attributes["url"] = Secret(_driver_url(url))
        config.attributes["schema"] = schema
        yield config


def _driver_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    return scheme + separator + rest
