from collections.abc import Iterator

import pytest

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import Secret
from services.chassis.vault import Vault
from services.content.settings import ContentSettings
from services.content.wiring import content_service


@pytest.fixture
def settings(postgres_url: str, redis_url: str, data_keys: str, index_keys: str) -> ContentSettings:
    return ContentSettings(
        database_url=Secret(postgres_url),
        redis_url=Secret(redis_url),
        data_keys=Secret(data_keys),
        index_keys=Secret(index_keys),
        secret_key=Secret("s" * 32),
    )


@pytest.fixture
def client(settings: ContentSettings, redis_url: str, vault: Vault) -> Iterator[ThreadedAskClient]:
    """Asks a content service that runs in this process."""
    with content_service(settings):
        asking = ThreadedAskClient(redis_url, vault)
        yield asking
        asking.close()
