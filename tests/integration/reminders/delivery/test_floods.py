"""Many messages due, and nobody to send them."""

import time
from pathlib import Path

import redis
import sqlalchemy as sa

from services.chassis.vault import Vault
from tests.support.crowd import Crowd
from tests.support.due_messages import DueMessages
from tests.support.worker_process import dispatcher, eventually, stopping


def stored_bytes(client: redis.Redis) -> int:
    return sum(client.memory_usage(key) or 0 for key in client.scan_iter())


def test_redis_holds_no_more_however_many_messages_are_due(
    engine: sa.Engine,
    vault: Vault,
    environ: dict[str, str],
    redis_client: redis.Redis,
    tmp_path: Path,
) -> None:
    crowd = Crowd(DueMessages(engine, vault), 1000)
    crowd.remind()
    with stopping(dispatcher(environ, tmp_path)):
        assert eventually(lambda: stored_bytes(redis_client) > 0)
        time.sleep(1)
        few = stored_bytes(redis_client)
        for step in range(1, 10):
            crowd.remind(step)
        time.sleep(1)
        many = stored_bytes(redis_client)

    assert many <= 1.2 * few
