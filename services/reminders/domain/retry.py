"""How long to wait after a refusal, and when to stop trying."""

import msgspec

from services.contracts.catalog import Channel


class RetryPolicy(msgspec.Struct, frozen=True):
    """Waits double from `base_seconds` to `cap_seconds`; `max_attempts` counts every attempt."""

    base_seconds: float
    cap_seconds: float
    max_attempts: int


POLICIES: dict[Channel, RetryPolicy] = {
    Channel.SMS: RetryPolicy(base_seconds=2, cap_seconds=15 * 60, max_attempts=8),
    # Greylisting mail servers want minutes, not seconds.
    Channel.EMAIL: RetryPolicy(base_seconds=30, cap_seconds=30 * 60, max_attempts=8),
}

LONGEST_RETRY_AFTER_SECONDS = 60 * 60
"""A provider that asks for more is asked again after this; usefulness rules anyway."""


def wait_seconds(
    channel: Channel, attempts: int, retry_after: float | None, *, luck: float
) -> float | None:
    """Seconds until the next attempt, or None when attempts are spent.

    `attempts` counts those made so far; `luck`, in [0, 1), spreads messages that failed
    together. A provider that names its own wait gets it and up to a tenth more, and such a
    refusal never spends the attempts: a busy provider is not a broken message.
    """
    if retry_after is not None:
        wait = min(max(retry_after, 0.0), LONGEST_RETRY_AFTER_SECONDS)
        return wait * (1 + luck / 10)
    policy = POLICIES[channel]
    if attempts >= policy.max_attempts:
        return None
    doubled = policy.base_seconds * 2.0 ** min(attempts - 1, 30)
    return float(min(policy.cap_seconds, doubled) * (0.5 + luck / 2))
