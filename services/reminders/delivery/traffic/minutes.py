"""How providers' last minute went, as all workers together saw it."""

from collections.abc import Collection, Mapping
from typing import Any

import redis

from services.contracts.catalog import Channel
from services.reminders.core.breaker import Health
from services.reminders.delivery.domain.providers import MINUTE_SECONDS, Weights
from services.reminders.delivery.traffic import keys
from services.reminders.delivery.traffic.scripts import HEALTH


class Minutes:
    """Raises what the client of Redis raises if it is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._health = client.register_script(HEALTH)

    def last(self, channel: Channel, providers: Collection[str]) -> Mapping[str, Health]:
        return {name: self._of(keys.health(channel, name)) for name in providers}

    def _of(self, prefix: str) -> Health:
        answer: Any = self._health(keys=[prefix], args=[MINUTE_SECONDS])
        calls, failures, slow = (int(number) for number in answer)
        return Health(calls=calls, failures=failures, slow=slow)

    def publish(self, channel: Channel, weights: Weights) -> None:
        """Let every worker know these weights."""
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(keys.weights(channel))
            pipe.hset(
                keys.weights(channel),
                mapping={name: str(weight) for name, weight in weights.items()},
            )
            pipe.execute()
