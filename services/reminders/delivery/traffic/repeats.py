"""How often the same text went to the same address lately, counted in Redis for all workers."""

from collections.abc import Collection, Mapping

import redis
import redis.exceptions

from services.chassis.logs import get_logger
from services.reminders.delivery.domain.dispatch import LOOP_WITHIN
from services.reminders.delivery.traffic import keys

log = get_logger(__name__)

_MILLISECONDS = int(LOOP_WITHIN.total_seconds() * 1000)


class RedisRepeats:
    """Without Redis nothing is counted. No wake-ups arrive then either, so little is sent."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def counts(self, names: Collection[bytes]) -> Mapping[bytes, int]:
        try:
            counts = self._redis.mget([keys.repeats(name) for name in names])
        except redis.exceptions.RedisError:
            return {}
        return {name: int(count or 0) for name, count in zip(names, counts, strict=True)}

    def add(self, sent: Mapping[bytes, int]) -> None:
        """Add to the counts. The time starts with the first of them."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for name, times in sent.items():
                    pipe.incrby(keys.repeats(name), times)
                    pipe.pexpire(keys.repeats(name), _MILLISECONDS, nx=True)
                pipe.execute()
        except redis.exceptions.RedisError:
            return  # counted too low for a while

    def keep_stopped(self, names: Collection[bytes]) -> None:
        log.warning("loop_stopped", count=len(names))
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for name in names:
                    pipe.pexpire(keys.repeats(name), _MILLISECONDS)
                pipe.execute()
        except redis.exceptions.RedisError:
            return
