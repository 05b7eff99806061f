from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from services.chassis.redis import open_redis
from services.launcher.embedded import valkey
from services.launcher.embedded.valkey import Valkey
from services.launcher.faults import LauncherFault
from services.launcher.output import Output
from services.launcher.ports import keep_or_choose
from services.launcher.supervisor import Supervisor


@contextmanager
def _running(server: Valkey, folder: Path) -> Iterator[redis.Redis]:
    output = Output(folder)
    supervisor = Supervisor(output)
    try:
        supervisor.start([server.program(rank=0)])
        with open_redis(server.url()) as client:
            yield client
    finally:
        supervisor.stop()
        output.close()


def _prepare(folder: Path, password: str = "pw") -> Valkey:
    return valkey.prepare(folder, port=keep_or_choose(None), password=password)


@pytest.mark.parametrize("name", ["plain", 'a "quoted" folder', "back\\slash"])
def test_keeps_its_data_between_runs(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with _running(_prepare(folder), tmp_path) as client:
        client.set("key", "value")
    with _running(_prepare(folder), tmp_path) as client:
        assert client.get("key") == b"value"


def test_never_throws_away_what_was_not_asked_to_go(tmp_path: Path) -> None:
    with _running(_prepare(tmp_path), tmp_path) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_lets_nobody_in_without_the_password(tmp_path: Path) -> None:
    server = _prepare(tmp_path)
    with (
        _running(server, tmp_path),
        open_redis(server.url().replace(":pw@", "")) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_is_not_taken_for_another_server_on_its_port(tmp_path: Path) -> None:
    server = _prepare(tmp_path)
    with _running(server, tmp_path), pytest.raises(LauncherFault, match="is not this home's"):
        Valkey(
            binary=server.binary, configuration=server.configuration, port=server.port,
            password="another",
        ).is_ready()  # fmt: skip
