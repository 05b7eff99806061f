"""Many messages due, and nobody to send them."""

import redis
import sqlalchemy as sa

from services.chassis.vault import Vault
from tests.support.processes.dispatching import dispatching
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load


def stored_bytes(client: redis.Redis) -> int:
    return sum(client.memory_usage(key) or 0 for key in client.scan_iter())


def test_redis_holds_no_more_however_many_messages_are_due(
    engine: sa.Engine,
    vault: Vault,
    environ: dict[str, str],
    redis_client: redis.Redis,
) -> None:
    load = Load(DueMessages(engine, vault), 1000)
    load.remind()
    with dispatching(environ) as rounds:
        rounds.wait_for_more(5)
        few = stored_bytes(redis_client)
        for step in range(1, 10):
            load.remind(step)
        rounds.wait_for_more(5)
        many = stored_bytes(redis_client)

    assert few > 0
    assert many <= 1.2 * few
