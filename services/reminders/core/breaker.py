"""The circuit breaker of a provider: when it opens, and how it closes again."""

from enum import StrEnum

import msgspec


class Circuit(StrEnum):
    """CLOSED lets everything through, OPEN nothing, HALF_OPEN a few probes."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class BreakerRules(msgspec.Struct, frozen=True, kw_only=True):
    """Opens on enough failures, or on more than one call in twenty being slow.

    A call of `slow_seconds` or longer counts as slow; that is just below its deadline.

    A circuit opens for `open_seconds`, because what waits should leave within 5 s once the provider
    answers again. A probe without an answer may have arrived and costs a message, so each doubles
    that time, up to `longest_open_seconds`. A probe that has not ended after `probe_seconds` is
    replaced. For `fresh_seconds`, only messages that the provider has not refused are probes.
    """

    window_seconds: int = 10
    least_samples: int = 20
    failing_share: float = 0.5
    slow_share: float = 0.05
    slow_seconds: float = 9.0
    open_seconds: float = 1.0
    longest_open_seconds: float = 30.0
    fresh_seconds: float = 1.5
    probes: int = 3
    probe_seconds: float = 4.0


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's recent calls."""

    calls: int
    failures: int
    slow: int
