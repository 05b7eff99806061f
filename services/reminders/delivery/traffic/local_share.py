"""Rates while Redis is away: each worker keeps to its share of them, by its own clock."""

from collections.abc import Callable


class LocalShare:
    """Token buckets of one process. `workers` is how many shared each account when last heard."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, at
        self.workers = 1

    def wait(self, wants: dict[str, float]) -> float:
        """Take a token from each bucket, given its rate a second; else the seconds to wait.

        Takes from none unless all have one. A rate of 0 has no limit.
        """
        now = self._monotonic()
        shares = {key: rate / self.workers for key, rate in wants.items() if rate > 0}
        filled = {key: self._filled(key, share, now) for key, share in shares.items()}
        wait = max(((1 - filled[key]) / share for key, share in shares.items()), default=0.0)
        for key, tokens in filled.items():
            self._buckets[key] = (tokens - (wait <= 0), now)
        return max(0.0, wait)

    def _filled(self, key: str, share: float, now: float) -> float:
        tokens, at = self._buckets.get(key, (1.0, now))
        return min(max(1.0, share), tokens + (now - at) * share)
