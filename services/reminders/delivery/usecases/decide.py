"""Decide about claimed messages: which may be sent now, by whom, and what happens to the others."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil

import msgspec

from services.contracts.catalog import Channel
from services.reminders.core.holds import hold_on_all
from services.reminders.core.outbound import Claim
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import SenderAddress
from services.reminders.core.windows import local_text
from services.reminders.delivery.domain.dispatch import (
    IGNORED,
    DispatchContext,
    DispatchFacts,
    Drop,
    Park,
    Policy,
    Postpone,
    Rule,
    Send,
    decide,
)
from services.reminders.delivery.domain.providers import (
    Choice,
    ProviderHealth,
    choose,
    permit_request,
    usable,
)
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.usecases.ports import Traffic


class Ready(msgspec.Struct, frozen=True):
    """A message that may be sent."""

    context: DispatchContext
    send: Send


class Decisions(msgspec.Struct, frozen=True):
    """What becomes of each message. A postponed one has its new moment on the patient's clock."""

    ready: list[Ready]
    dropped: list[tuple[Claim, Drop]]
    postponed: list[tuple[Claim, Postpone, str]]
    parked: list[tuple[Claim, Park]]


def decide_all(
    contexts: Sequence[DispatchContext], health: ProviderHealth, policy: Policy, *, now: datetime
) -> Decisions:
    decisions = Decisions([], [], [], [])
    for context in contexts:
        claim = context.claim
        verdict = decide(claim, _with_providers_hold(context, health), policy, now=now)
        match verdict:
            case Send():
                decisions.ready.append(Ready(context, verdict))
            case Drop():
                decisions.dropped.append((claim, verdict))
            case Postpone():
                moment = local_text(verdict.until, context.facts.window)
                decisions.postponed.append((claim, verdict, moment))
            case Park():
                decisions.parked.append((claim, verdict))
    return decisions


def _with_providers_hold(context: DispatchContext, health: ProviderHealth) -> DispatchFacts:
    """A message is held itself if each of its providers is held."""
    facts = context.facts
    if facts.hold_id is not None or not context.held_providers:
        return facts
    hold_id = hold_on_all(context.senders, health.weights, context.held_providers)
    return msgspec.structs.replace(facts, hold_id=hold_id)


_CIRCUIT_WAIT_SECONDS = 1.0
_PROBE_WAIT_SECONDS = 0.5
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
            choice = _choice(context, health)
            sender = same_sender(context, choice) or choose(
                context.senders, choice, jitter=self._jitter()
            )
            if sender is None:
                self._keep_waiting(health, context)
            elif sender.provider in health.wants_fresh & context.refused_by:
                self._claims.give_back([context.claim], wait_seconds=_PROBE_WAIT_SECONDS)
            else:
                chosen.append((ready, sender))
        return chosen

    def _keep_waiting(self, health: ProviderHealth, context: DispatchContext) -> None:
        code, wait = context.sender_lack or Reason.NO_SENDER, _SENDER_WAIT_SECONDS
        if any(sender.provider in health.weights for sender in context.senders):
            code, wait = Reason.PROVIDER_AWAY, _CIRCUIT_WAIT_SECONDS
        self._claims.keep_waiting([context.claim], code=code, wait_seconds=wait)


def same_sender(context: DispatchContext, choice: Choice) -> SenderAddress | None:
    """The sender of the parts that have left, if it can take a message now."""
    sent = context.sent_parts
    senders = [sender for sender in context.senders if sent and sender.id == sent.sender_id]
    return next(iter(usable(senders, choice)), None)


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
