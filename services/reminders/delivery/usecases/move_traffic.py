"""Move traffic between providers by how their last minute went."""

from collections.abc import Collection, Mapping
from typing import Protocol

from services.contracts.catalog import Channel
from services.reminders.core.breaker import Health
from services.reminders.delivery.domain.providers import Weights


class States(Protocol):
    def move(
        self, channel: Channel, resting: Weights, health: Mapping[str, Health]
    ) -> Mapping[str, float]:
        """Move weights at most once a minute, whoever asks; answers with what rules now."""
        ...


class Minutes(Protocol):
    """Both raise what the client of Redis raises when it is away."""

    def last(self, channel: Channel, providers: Collection[str]) -> Mapping[str, Health]: ...
    def tell(self, channel: Channel, weights: Weights) -> None:
        """Let every worker know."""
        ...


class MoveTraffic:
    def __init__(
        self, states: States, minutes: Minutes, resting: Mapping[Channel, Weights]
    ) -> None:
        self._states = states
        self._minutes = minutes
        self._resting = {channel: weights for channel, weights in resting.items() if weights}

    def __call__(self) -> None:
        for channel, resting in self._resting.items():
            health = self._minutes.last(channel, resting)
            self._minutes.tell(channel, self._states.move(channel, resting, health))
