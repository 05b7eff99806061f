"""What sending needs to know, and tells, about providers and rates."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from services.contracts.catalog import Channel
from services.reminders.core.breaker import Circuit
from services.reminders.delivery.domain.outgoing import Failure
from services.reminders.delivery.domain.provider_memory import StoredProviderHealth
from services.reminders.delivery.domain.providers import Weights


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a channel's providers stand: their weights, and whose circuits are open."""

    weights: Weights
    closed_to: frozenset[str] = frozenset()

    @property
    def is_blocked(self) -> bool:
        """Whether no provider may be called at all."""
        return bool(self.weights) and self.weights.keys() <= self.closed_to


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Leave to call a provider once. `clinic_id` is None where the clinic's rate is ignored."""

    provider: str
    account: str
    clinic_id: int | None


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """How one call to a provider went; `seconds` from leaving to its answer."""

    provider: str
    account: str
    failure: Failure | None
    seconds: float
    retry_after: float | None = None


class Traffic(Protocol):
    """Never raises: what cannot be known now is taken from what was known last."""

    def standing(self, channel: Channel) -> Standing: ...
    def admit(self, channel: Channel, wanted: Sequence[Wanted]) -> list[float]:
        """For each, the seconds to wait before asking again; 0 lets it go now."""
        ...

    def report(self, channel: Channel, calls: Sequence[Call]) -> None: ...


class DurableStanding(Protocol):
    """The copy that outlives Redis; raises StorageAway."""

    def read(self, channel: Channel) -> Mapping[str, StoredProviderHealth]: ...
    def keep_circuit(
        self,
        channel: Channel,
        provider: str,
        circuit: Circuit,
        open_seconds: float,
        weight: float,
    ) -> None:
        """Note a circuit's change; `weight` is for a provider that is not known yet."""
        ...
