"""Real servers for whoever asks for them; tests that do not, start none."""

import base64
import os
from collections.abc import Iterator

import pytest
import redis
import sqlalchemy as sa

from services.chassis.database import open_engine
from services.chassis.redis import open_redis
from services.chassis.vault import Vault
from services.chassis.zone_data import use_locked_zones
from tests.support.processes.servers import Run, empty_database, servers

_run = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    use_locked_zones()  # before any test module names a zone
    if not hasattr(config, "workerinput"):  # else a worker of pytest-xdist, and its controller did
        config.stash[_run] = Run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if (run := config.stash.get(_run, None)) is not None:
        run.end()


@pytest.fixture
def postgres_url() -> str:
    """A database with all schemas migrated, all tables empty, and the clock at now."""
    return empty_database(f"test_{_worker()}")


@pytest.fixture
def engine(postgres_url: str) -> Iterator[sa.Engine]:
    opened = open_engine(postgres_url, application_name="test")
    yield opened
    opened.dispose()


@pytest.fixture
def redis_url() -> str:
    """A Valkey database that is empty when the test begins."""
    url = servers().redis_url + str(int(_worker().removeprefix("gw") or 0))
    with open_redis(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    with open_redis(redis_url) as client:
        yield client


@pytest.fixture
def data_keys() -> str:
    return "k1:" + base64.b64encode(b"d" * 32).decode()


@pytest.fixture
def index_keys() -> str:
    return "i1:" + base64.b64encode(b"i" * 32).decode()


@pytest.fixture
def vault(data_keys: str, index_keys: str) -> Vault:
    return Vault.from_settings(data_keys, index_keys)


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")
