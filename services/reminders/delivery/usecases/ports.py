"""What sending needs from outside where a test puts something else in its place.

docs/architecture.md lists the implementations and the fakes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from services.contracts.catalog import Channel
from services.reminders.delivery.domain.outgoing import Envelope, Outcome
from services.reminders.delivery.domain.providers import (
    PermitRequest,
    ProviderCall,
    ProviderHealth,
)

Keys = Sequence[tuple[int, int]]  # (clinic id, outbound id)

Announce = Callable[[Keys], None]
"""Tells subscribers that these messages changed. May be lost; never raises."""


class ProviderDispatcher(Protocol):
    def deliver(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        """Send all at once. Returns the outcomes in order, and never raises."""
        ...


class Traffic(Protocol):
    """Never raises. What cannot be known now is taken from what was known last."""

    def health(self, channel: Channel) -> ProviderHealth: ...
    def admit(self, channel: Channel, requests: Sequence[PermitRequest]) -> list[float]:
        """Return for each the seconds to wait before asking again; 0 lets it go now."""
        ...

    def report(self, channel: Channel, calls: Sequence[ProviderCall]) -> None: ...


class Journal(Protocol):
    """Records which attempts have left this process, so that it is known even after a kill -9."""

    def note(self, clinic_id: int, attempt_id: int) -> None:
        """Raises OSError if it cannot be written; then nothing may leave."""
        ...

    def forget(self, count: int) -> None:
        """Record that so many of the expected attempts have ended in the database."""
        ...

    def expect(self, count: int) -> None:
        """Record that so many attempts are about to begin."""
        ...


class Repeats(Protocol):
    """Counts how often a text was sent lately, by fingerprint, for all workers. Never raises."""

    def counts(self, names: Collection[bytes]) -> Mapping[bytes, int]: ...
    def add(self, sent: Mapping[bytes, int]) -> None: ...
    def keep_stopped(self, names: Collection[bytes]) -> None:
        """Restart the time of these texts: they are still being tried."""
        ...
