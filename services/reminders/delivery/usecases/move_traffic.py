"""Move traffic between providers by how their last minute went."""

from collections.abc import Mapping

from services.contracts.catalog import Channel
from services.reminders.delivery.domain.providers import Weights
from services.reminders.delivery.storage.provider_states import ProviderStates
from services.reminders.delivery.traffic.minutes import Minutes


class MoveTraffic:
    """Raises StorageAway, and what the client of Redis raises if it is away."""

    def __init__(
        self, states: ProviderStates, minutes: Minutes, resting: Mapping[Channel, Weights]
    ) -> None:
        self._states = states
        self._minutes = minutes
        self._resting = {channel: weights for channel, weights in resting.items() if weights}

    def __call__(self) -> None:
        for channel, resting in self._resting.items():
            health = self._minutes.last(channel, resting)
            self._minutes.publish(channel, self._states.move(channel, resting, health))
