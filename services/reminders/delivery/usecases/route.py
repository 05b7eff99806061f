"""Which provider takes each message of a chunk, and whether it may leave now."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import ceil
from typing import Protocol

import msgspec

from services.contracts.catalog import Channel
from services.reminders.core.claim import Claim
from services.reminders.core.holds import hold_on_all
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.case import Case
from services.reminders.delivery.domain.dispatch import IGNORED, Circumstances, Rule, Send
from services.reminders.delivery.domain.providers import Choice, choose, usable
from services.reminders.delivery.usecases.traffic_ports import Standing, Traffic
from services.reminders.delivery.usecases.traffic_words import wanted_for

_CIRCUIT_WAIT_SECONDS = 5.0
_SENDER_WAIT_SECONDS = 60.0


class Ready(msgspec.Struct, frozen=True):
    """A message that nothing speaks against."""

    case: Case
    send: Send


class Routed(msgspec.Struct, frozen=True):
    """What may leave now, each by its sender; `wait` is the shortest of those that must wait."""

    admitted: list[tuple[Ready, SenderAddress]]
    wait: float


class Returns(Protocol):
    """How messages go back to wait."""

    def give_back(self, claims: Sequence[Claim], *, wait_seconds: float = 0.0) -> None: ...
    def await_sender(
        self, claims: Sequence[Claim], *, code: Reason, wait_seconds: float
    ) -> None: ...


class Router:
    """Gives back what cannot leave now."""

    def __init__(self, traffic: Traffic, returns: Returns, luck: Callable[[], float]) -> None:
        self._traffic = traffic
        self._returns = returns
        self._luck = luck

    def __call__(self, channel: Channel, standing: Standing, chunk: Sequence[Ready]) -> Routed:
        chosen = self._choose(standing, chunk)
        wanted = [wanted_for(one.case.claim, sender) for one, sender in chosen]
        waits = self._traffic.admit(channel, wanted) if wanted else []
        late: defaultdict[float, list[Claim]] = defaultdict(list)
        for (one, _), wait in zip(chosen, waits, strict=True):
            if wait > 0:
                late[ceil(wait * 10) / 10].append(one.case.claim)
        for wait, claims in late.items():
            self._returns.give_back(claims, wait_seconds=wait)
        admitted = [pair for pair, wait in zip(chosen, waits, strict=True) if wait <= 0]
        return Routed(admitted, min(late, default=0.0))

    def _choose(
        self, standing: Standing, chunk: Sequence[Ready]
    ) -> list[tuple[Ready, SenderAddress]]:
        chosen: list[tuple[Ready, SenderAddress]] = []
        for one in chunk:
            case = one.case
            sender = choose(case.senders, _choice(case, standing), luck=self._luck())
            if sender is not None:
                chosen.append((one, sender))
            elif any(known.provider in standing.weights for known in case.senders):
                self._returns.give_back([case.claim], wait_seconds=_CIRCUIT_WAIT_SECONDS)
            else:
                code = case.sender_lack or Reason.NO_SENDER
                self._returns.await_sender(
                    [case.claim], code=code, wait_seconds=_SENDER_WAIT_SECONDS
                )
        return chosen


def has_elsewhere(case: Case, standing: Standing, refused_by: str) -> bool:
    """Whether a provider that has not refused the message could take it now."""
    refused = case.refused_by | {refused_by}
    return any(one.provider not in refused for one in usable(case.senders, _choice(case, standing)))


def with_providers_hold(case: Case, standing: Standing) -> Circumstances:
    """A message whose every provider is held is held itself."""
    facts = case.circumstances
    if facts.hold_id is not None or not case.held_providers:
        return facts
    hold_id = hold_on_all(case.senders, standing.weights, case.held_providers)
    return msgspec.structs.replace(facts, hold_id=hold_id)


def _choice(case: Case, standing: Standing) -> Choice:
    return Choice(
        weights=standing.weights,
        closed_to=standing.closed_to,
        held=frozenset(case.held_providers),
        refused_by=case.refused_by,
        ignores_holds=Rule.OPERATOR in IGNORED[case.claim.kind],
    )
