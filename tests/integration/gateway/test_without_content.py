"""A gateway that starts while the content service is down, each a process of its own."""

from collections.abc import Iterator

import pytest
import redis

from services.chassis.ask import ThreadedAskClient
from services.chassis.vault import Vault
from services.contracts.catalog_wire import RELEASE_KEY
from services.contracts.content import ListReleases, PublishCatalog
from services.launcher.processes import wait_until
from tests.support.processes.content_process import content_running
from tests.support.processes.gateway_process import GatewayProcess, running

TITLES = '{ procedure(slug: "ipl") { title } }'
SECONDS = 60.0


@pytest.fixture
def client(redis_url: str, vault: Vault) -> Iterator[ThreadedAskClient]:
    asking = ThreadedAskClient(redis_url, vault)
    yield asking
    asking.close()


def publish_and_stop(client: ThreadedAskClient, environ: dict[str, str]) -> None:
    """Leave behind a release in PostgreSQL and in Redis, and no content service."""
    with content_running(environ):
        client.ask(ListReleases(), timeout=SECONDS)
        assert client.ask(PublishCatalog(), timeout=SECONDS).info


def is_ready(gateway: GatewayProcess) -> bool:
    return gateway.call("GET", "/readyz").status == 200


def lack(gateway: GatewayProcess) -> str:
    return str(gateway.call("GET", "/readyz").json["reasons"].get("catalog"))


def test_serves_the_last_release_from_redis(
    client: ThreadedAskClient, redis_client: redis.Redis, gateway_environment: dict[str, str]
) -> None:
    publish_and_stop(client, gateway_environment)
    assert wait_until(lambda: bool(redis_client.exists(RELEASE_KEY)), SECONDS)

    with running(gateway_environment) as gateway:
        assert wait_until(lambda: is_ready(gateway), SECONDS)
        assert gateway.ask(TITLES).json == {"data": {"procedure": {"title": "IPL"}}}
        assert gateway.call("GET", "/sheets/ipl-aftercare").status == 200


def test_says_in_words_that_there_is_none_until_content_is_back(
    client: ThreadedAskClient, redis_client: redis.Redis, gateway_environment: dict[str, str]
) -> None:
    publish_and_stop(client, gateway_environment)
    redis_client.flushdb()

    with running(gateway_environment) as gateway:
        assert wait_until(lambda: "the content service does not answer" in lack(gateway), SECONDS)
        asked, sheet = gateway.ask(TITLES), gateway.call("GET", "/sheets/ipl-aftercare")
        with content_running(gateway_environment):
            assert wait_until(lambda: is_ready(gateway), SECONDS)
            answered = gateway.ask(TITLES).json

    (error,) = asked.json["errors"]
    assert (error["extensions"]["code"], asked.json["data"]) == (
        "CATALOG_UNAVAILABLE",
        {"procedure": None},
    )
    assert (asked.headers["retry-after"], sheet.status) == ("5", 503)
    assert sheet.headers["retry-after"] == "5"
    assert answered == {"data": {"procedure": {"title": "IPL"}}}


def test_says_in_words_that_nothing_is_published(gateway_environment: dict[str, str]) -> None:
    with content_running(gateway_environment), running(gateway_environment) as gateway:
        assert wait_until(lambda: "afterglow catalog publish" in lack(gateway), SECONDS)
