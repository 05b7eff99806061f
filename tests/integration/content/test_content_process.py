import os
import signal
import subprocess
import time

from services.chassis.ask import ThreadedAskClient
from services.chassis.vault import Vault
from services.contracts.content import ListReleases
from tests.support.processes.content_process import COMMAND, content_running


def environment(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str
) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys,
        "SECRET_KEY": "s" * 32,
    }


def test_stops_soon_after_being_told(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str, vault: Vault
) -> None:
    environ = environment(postgres_url, redis_url, data_keys, index_keys)
    client = ThreadedAskClient(redis_url, vault)
    with content_running(environ) as process:
        client.ask(ListReleases(), timeout=20)
        signalled_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=10)
    client.close()

    assert (code, time.monotonic() - signalled_at < 8) == (0, True)


def test_says_which_settings_are_missing() -> None:
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}

    ended = subprocess.run(  # noqa: S603 - our own interpreter and code
        COMMAND, env=environ, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert "DATABASE_URL is not set" in ended.stderr
