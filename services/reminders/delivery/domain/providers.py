"""Which provider sends a message, and how traffic moves between providers.

Every provider keeps some traffic, so that its health is always known and another can take over.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from services.reminders.core.breaker import Health
from services.reminders.core.outbound import Claim
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.dispatch import IGNORED, Rule
from services.reminders.delivery.domain.outgoing import (
    Failure,
    Outcome,
    RejectedForNow,
    failure_of,
)

MINUTE_SECONDS: Final = 60
LEAST_WEIGHT: Final = 5.0
_STEP: Final = 10.0
_DRIFT: Final = 2.0
_FIRST_WEIGHT: Final = 90.0
_MANY_FAILURES: Final = 50
_LEAST_SAMPLES: Final = 20
_FAILING_SHARE: Final = 0.2
_SLOW_SHARE: Final = 0.15

Weights = Mapping[str, float]


class BadWeights(ValueError):
    """A list of providers with weights cannot be read."""


def resting_weights(names: str) -> dict[str, float]:
    """Read `a=70,b=30`, or `a,b`: the first then takes nine tenths. Raises BadWeights.

    Weights add up to 100, and none is below LEAST_WEIGHT.
    """
    parts = [part.strip().partition("=") for part in names.split(",") if part.strip()]
    if len({"=" in part for part in parts}) > 1:
        raise BadWeights("give every provider a weight, as a=70,b=30, or none")
    listed = {name.strip(): _number(weight) if sign else None for name, sign, weight in parts}
    if len(listed) != len(parts):
        raise BadWeights("a provider is named twice")
    stated = {name: weight for name, weight in listed.items() if weight is not None}
    return _to_hundred(stated or _by_order(list(listed)))


def _number(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not 0 < weight <= 100:  # noqa: PLR2004 - percent
        raise BadWeights(f"a weight is a number above 0 and up to 100, not {text.strip()!r}")
    return weight


def _by_order(names: Sequence[str]) -> dict[str, float]:
    others = (100 - _FIRST_WEIGHT) / max(1, len(names) - 1)
    return {name: others if place else _FIRST_WEIGHT for place, name in enumerate(names)}


def _to_hundred(weights: Weights) -> dict[str, float]:
    total = sum(weights.values())
    floor = min(LEAST_WEIGHT, 100 / max(1, len(weights)))
    room = 100 - floor * len(weights)
    return {name: floor + room * weight / total for name, weight in weights.items()}


def fit(weights: Weights, resting: Weights) -> dict[str, float]:
    """Weights for exactly the providers of `resting`: a new one starts there, others go."""
    fitted = {name: max(weights.get(name, rest), 0.0) for name, rest in resting.items()}
    return _to_hundred(fitted) if fitted and _is_off(fitted) else fitted


def _is_off(weights: Weights) -> bool:
    return abs(sum(weights.values()) - 100) > 0.01 or min(weights.values()) < LEAST_WEIGHT  # noqa: PLR2004 - percent


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What a choice depends on. `refused_by` has the providers that refused this message before."""

    weights: Weights
    closed_to: frozenset[str]  # open circuits
    held: frozenset[str]
    refused_by: frozenset[str] = frozenset()
    ignores_holds: bool = False


def choose(
    senders: Sequence[SenderAddress], choice: Choice, *, jitter: float
) -> SenderAddress | None:
    """Pick a sender by its provider's weight; `jitter` is in [0, 1). None: all circuits are open.

    A provider that refused this message is used again only if no other is left.
    """
    candidates = usable(senders, choice)
    fresh = [sender for sender in candidates if sender.provider not in choice.refused_by]
    return _pick(fresh or candidates, choice.weights, jitter)


def usable(senders: Sequence[SenderAddress], choice: Choice) -> list[SenderAddress]:
    """A sender of each provider that could take a message now, in order of the weights' names."""
    first = {sender.provider: sender for sender in reversed(senders)}
    weighted = [first[name] for name in choice.weights if name in first]
    free = [sender for sender in weighted if sender.provider not in choice.held]
    if choice.ignores_holds and not free:
        free = weighted
    return [sender for sender in free if sender.provider not in choice.closed_to]


def _pick(
    senders: Sequence[SenderAddress], weights: Weights, jitter: float
) -> SenderAddress | None:
    if not senders:
        return None
    left = jitter * sum(weights[sender.provider] for sender in senders)
    for sender in senders:
        left -= weights[sender.provider]
        if left < 0:
            return sender
    return senders[-1]


class WeightMove(msgspec.Struct, frozen=True):
    """The new weights, and why each provider's changed: a code by provider."""

    weights: dict[str, float]
    reasons: dict[str, str]


def move(weights: Weights, resting: Weights, health: Mapping[str, Health]) -> WeightMove:
    """Move weight away from providers that failed or were slow, else back to rest.

    Nothing moves if all are ill: no other provider is better.
    """
    ill = {name: code for name in weights if (code := _illness(health.get(name)))}
    well = [name for name in weights if name not in ill]
    if ill and well:
        return _away(weights, ill, well)
    return WeightMove(dict(weights), {}) if ill else _back(weights, resting)


def _illness(health: Health | None) -> str | None:
    if health is None or health.calls == 0:
        return None
    has_enough = health.calls >= _LEAST_SAMPLES
    share = health.failures / health.calls
    if health.failures > _MANY_FAILURES or (has_enough and share >= _FAILING_SHARE):
        return "FAILING"
    return "SLOW" if has_enough and health.slow / health.calls >= _SLOW_SHARE else None


def _away(weights: Weights, ill: Mapping[str, str], well: Sequence[str]) -> WeightMove:
    lost = {name: min(_STEP, weights[name] - LEAST_WEIGHT) for name in ill}
    lost = {name: points for name, points in lost.items() if points > 0}
    if not lost:
        return WeightMove(dict(weights), {})
    gain = sum(lost.values()) / len(well)
    moved = {
        name: weight - lost.get(name, 0.0) + (gain if name in well else 0.0)
        for name, weight in weights.items()
    }
    return WeightMove(moved, {name: ill.get(name, "TAKES_OVER") for name in (*lost, *well)})


def _back(weights: Weights, resting: Weights) -> WeightMove:
    """Move all a step toward rest, at most `_DRIFT`, so that the sum stays the same."""
    gaps = {name: resting[name] - weight for name, weight in weights.items()}
    longest = max((abs(gap) for gap in gaps.values()), default=0.0)
    if longest < 0.01:  # noqa: PLR2004 - a hundredth of a percent is at rest
        return WeightMove(dict(weights), {})
    share = min(1.0, _DRIFT / longest)
    moved = {name: weight + gaps[name] * share for name, weight in weights.items()}
    return WeightMove(moved, dict.fromkeys(weights, "DRIFTS_BACK"))


class ProviderHealth(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's providers: their weights, and whose circuits are open.

    `wants_fresh` has those whose probes should be messages that they have not refused: the ones
    that opened a circuit would open it again and say nothing about the others.
    """

    weights: Weights
    closed_to: frozenset[str] = frozenset()
    wants_fresh: frozenset[str] = frozenset()

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
