"""What sending asks and reports about providers: their health, permits to call, and calls made."""

from collections.abc import Callable

import msgspec

from services.reminders.core.claim import Claim
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.dispatch import IGNORED, Rule
from services.reminders.delivery.domain.outgoing import (
    Failure,
    Outcome,
    RejectedForNow,
    failure_of,
)
from services.reminders.delivery.domain.providers import Weights


class ProviderHealth(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's providers: their weights, and whose circuits are open."""

    weights: Weights
    closed_to: frozenset[str] = frozenset()

    @property
    def is_blocked(self) -> bool:
        """Whether no provider may be called at all."""
        return bool(self.weights) and self.weights.keys() <= self.closed_to


class StoredProviderHealth(msgspec.Struct, frozen=True, kw_only=True):
    """What the database knows about a provider. Its circuit stays open for `open_seconds` more."""

    weight: float
    open_seconds: float = 0.0


class PermitRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Asks to call a provider once. `clinic_id` is None if the clinic's rate is ignored."""

    provider: str
    account: str
    clinic_id: int | None


class ProviderCall(msgspec.Struct, frozen=True, kw_only=True):
    """How one call to a provider went; `seconds` from leaving to its answer."""

    provider: str
    account: str
    failure: Failure | None
    seconds: float
    retry_after: float | None = None


def permit_request(claim: Claim, sender: SenderAddress) -> PermitRequest:
    ignores_rate = Rule.FAIRNESS in IGNORED[claim.kind]
    return PermitRequest(
        provider=sender.provider,
        account=_account_of(sender),
        clinic_id=None if ignores_rate else claim.clinic_id,
    )


def provider_call(sender: SenderAddress, outcome: Outcome, seconds: float) -> ProviderCall:
    return ProviderCall(
        provider=sender.provider,
        account=_account_of(sender),
        failure=failure_of(outcome),
        seconds=seconds,
        retry_after=outcome.retry_after if isinstance(outcome, RejectedForNow) else None,
    )


def _account_of(sender: SenderAddress) -> str:
    """The account whose rate a sender shares; empty for the one in the settings."""
    return sender.account.name if sender.account else ""


class Stopwatch:
    """Measures a call, from leaving to its answer; 0 if it never left."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._started: float | None = None
        self.seconds = 0.0

    def start(self) -> None:
        self._started = self._monotonic()

    def stop(self) -> None:
        if self._started is not None:
            self.seconds = self._monotonic() - self._started
