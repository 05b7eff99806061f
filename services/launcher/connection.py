"""Talking to what runs: from the environment if it says where, else from the home's own record."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa

from services.chassis.ask import (
    ThreadedAskClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from services.chassis.database import open_engine
from services.chassis.health import redis_check
from services.chassis.redis import open_redis
from services.chassis.settings import Settings, load
from services.chassis.vault import Vault
from services.contracts.ask import Ask
from services.launcher.faults import LauncherFault
from services.launcher.home import home_path, read_state

R = TypeVar("R")

_OLDEST_POSTGRES = 150_000
_WHERE = ("DATABASE_URL", "REDIS_URL", "DATA_KEYS")


def running_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment, completed by what `up` in the same AFTERGLOW_HOME gave its processes."""
    if all(environ.get(name) or environ.get(f"{name}_FILE") for name in _WHERE):
        return dict(environ)
    root = home_path(environ)
    state = read_state(root)
    if state is None or not state.environment:
        raise LauncherFault(
            f"Nothing runs from {root}. Start it by `afterglow up`, name the home that runs by "
            "AFTERGLOW_HOME, or set DATABASE_URL, REDIS_URL and the keys."
        )
    return state.environment | {name: value for name, value in environ.items() if value}


class Asker:
    """Asks the running services, and tells a person when one does not answer."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        settings = load(Settings, environ)
        vault = Vault.from_settings(settings.data_keys, settings.index_keys)
        self._client = ThreadedAskClient(settings.redis_url, vault)

    def ask(self, stream: str, question: Ask[R], *, timeout: float = 5.0) -> R:
        try:
            return self._client.ask(stream, question, timeout=timeout)
        except (UpstreamTimeout, UpstreamUnavailable):
            raise LauncherFault(
                f"The service {stream} does not answer. Look whether it runs (`afterglow doctor`)."
            ) from None
        except UpstreamFailed as fault:
            raise LauncherFault(f"The service failed ({fault}); its log says why.") from None

    def answers(self, stream: str, question: Ask[R], *, timeout: float = 1.0) -> bool:
        """Whether the service is there to answer."""
        try:
            self._client.ask(stream, question, timeout=timeout)
        except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed):
            return False
        return True

    def close(self) -> None:
        self._client.close()


def require_database(url: str) -> None:
    """Raise LauncherFault unless a PostgreSQL we can work with answers there."""
    engine = open_engine(url, application_name="afterglow", pool_size=1)
    try:
        with engine.connect() as connection:
            version = connection.scalar(
                sa.text("SELECT current_setting('server_version_num')::int")
            )
    except sa.exc.SQLAlchemyError as fault:
        reason = str(getattr(fault, "orig", fault)).splitlines()[0]
        raise LauncherFault(
            f"The database does not answer: {reason}. Look at DATABASE_URL and whether it runs."
        ) from None
    finally:
        engine.dispose()
    if version < _OLDEST_POSTGRES:
        raise LauncherFault(
            f"The database is PostgreSQL {version // 10_000}; Afterglow needs "
            f"{_OLDEST_POSTGRES // 10_000} or later."
        )


def require_redis(url: str) -> None:
    """Raise LauncherFault unless a Redis answers there."""
    with open_redis(url) as client:
        if fault := redis_check(client)():
            raise LauncherFault(f"{fault}. Look at REDIS_URL and whether it runs.")


@contextmanager
def asking(environ: Mapping[str, str]) -> Iterator[Asker]:
    asker = Asker(running_environment(environ))
    try:
        yield asker
    finally:
        asker.close()


@contextmanager
def database(environ: Mapping[str, str]) -> Iterator[sa.Engine]:
    """The running database; raises LauncherFault when it does not answer."""
    settings = load(Settings, running_environment(environ))
    engine = open_engine(settings.database_url, application_name="afterglow", pool_size=1)
    try:
        yield engine
    except sa.exc.OperationalError:
        raise LauncherFault("The database does not answer. Look at `afterglow doctor`.") from None
    finally:
        engine.dispose()
