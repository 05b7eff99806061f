"""When a provider is left alone for a while, and how it is tried again."""

from enum import StrEnum

import msgspec


class Circuit(StrEnum):
    """CLOSED lets everything through, OPEN nothing, HALF_OPEN a few probes."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class BreakerRules(msgspec.Struct, frozen=True, kw_only=True):
    """Opens on enough failures, or on more than one call in twenty being slow.

    `slow_seconds` is where a call counts as slow: next to its deadline.
    """

    window_seconds: int = 10
    least_samples: int = 20
    failing_share: float = 0.5
    slow_share: float = 0.05
    slow_seconds: float = 9.0
    open_seconds: float = 30.0
    probes: int = 3


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider's calls of late went."""

    calls: int
    failures: int
    slow: int
