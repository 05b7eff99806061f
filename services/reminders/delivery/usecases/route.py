"""Choose a provider for each message of a chunk, and ask whether it may leave now."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import ceil

import msgspec

from services.contracts.catalog import Channel
from services.reminders.core.claim import Claim
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.dispatch import IGNORED, Rule
from services.reminders.delivery.domain.dispatch_context import DispatchContext
from services.reminders.delivery.domain.provider_traffic import ProviderHealth, permit_request
from services.reminders.delivery.domain.providers import Choice, choose, usable
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.usecases.decide import Ready
from services.reminders.delivery.usecases.ports import Traffic

_CIRCUIT_WAIT_SECONDS = 5.0
_SENDER_WAIT_SECONDS = 60.0


class Routed(msgspec.Struct, frozen=True):
    """What may leave now, each with its sender. `wait` is the shortest wait of the others."""

    admitted: list[tuple[Ready, SenderAddress]]
    wait: float


class Router:
    """Gives back the messages that cannot leave now."""

    def __init__(self, traffic: Traffic, claims: Claims, jitter: Callable[[], float]) -> None:
        self._traffic = traffic
        self._claims = claims
        self._jitter = jitter

    def __call__(self, channel: Channel, health: ProviderHealth, chunk: Sequence[Ready]) -> Routed:
        chosen = self._choose(health, chunk)
        requests = [permit_request(ready.context.claim, sender) for ready, sender in chosen]
        waits = self._traffic.admit(channel, requests) if requests else []
        late: defaultdict[float, list[Claim]] = defaultdict(list)
        for (ready, _), wait in zip(chosen, waits, strict=True):
            if wait > 0:
                late[ceil(wait * 10) / 10].append(ready.context.claim)
        for wait, claims in late.items():
            self._claims.give_back(claims, wait_seconds=wait)
        admitted = [pair for pair, wait in zip(chosen, waits, strict=True) if wait <= 0]
        return Routed(admitted, min(late, default=0.0))

    def _choose(
        self, health: ProviderHealth, chunk: Sequence[Ready]
    ) -> list[tuple[Ready, SenderAddress]]:
        chosen: list[tuple[Ready, SenderAddress]] = []
        for ready in chunk:
            context = ready.context
            sender = choose(context.senders, _choice(context, health), jitter=self._jitter())
            if sender is not None:
                chosen.append((ready, sender))
            elif any(sender.provider in health.weights for sender in context.senders):
                self._claims.give_back([context.claim], wait_seconds=_CIRCUIT_WAIT_SECONDS)
            else:
                code = context.sender_lack or "NO_SENDER"
                self._claims.await_sender(
                    [context.claim], code=code, wait_seconds=_SENDER_WAIT_SECONDS
                )
        return chosen


def has_elsewhere(context: DispatchContext, health: ProviderHealth, refused_by: str) -> bool:
    """Whether a provider that has not refused the message could accept it now."""
    refused = context.refused_by | {refused_by}
    senders = usable(context.senders, _choice(context, health))
    return any(sender.provider not in refused for sender in senders)


def _choice(context: DispatchContext, health: ProviderHealth) -> Choice:
    return Choice(
        weights=health.weights,
        closed_to=health.closed_to,
        held=frozenset(context.held_providers),
        refused_by=context.refused_by,
        ignores_holds=Rule.OPERATOR in IGNORED[context.claim.kind],
    )
