import pytest

from tests.support.processes.gateway_process import environment


@pytest.fixture
def gateway_environment(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str
) -> dict[str, str]:
    return environment(postgres_url, redis_url, data_keys, index_keys)
