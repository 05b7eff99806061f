from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.vault import Vault
from tests.support.processes.http_provider import HttpProvider
from tests.support.reminders.aftercare import Clinic, Service
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.sending import Worker


@pytest.fixture
def service(engine: sa.Engine, vault: Vault) -> Service:
    return Service(engine, vault)


@pytest.fixture
def clinic(service: Service) -> Clinic:
    return Clinic(service)


@pytest.fixture
def due(engine: sa.Engine, vault: Vault) -> DueMessages:
    return DueMessages(engine, vault)


@pytest.fixture
def worker(engine: sa.Engine, vault: Vault) -> Worker:
    return Worker(engine, vault)


@pytest.fixture
def provider() -> Iterator[HttpProvider]:
    with HttpProvider().running() as running:
        yield running


@pytest.fixture
def environ(
    postgres_url: str,
    redis_url: str,
    data_keys: str,
    index_keys: str,
    provider: HttpProvider,
    tmp_path: Path,
) -> dict[str, str]:
    """The settings of a worker and a dispatcher, with `provider` as Twilio."""
    return {
        "AFTERGLOW_HOME": str(tmp_path),
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys,
        "SECRET_KEY": "s" * 32,
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_API_URL": provider.url,
    }
