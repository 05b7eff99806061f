"""Decide about claimed messages: which may be sent now, and what happens to the others."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.reminders.core.claim import Claim
from services.reminders.core.holds import hold_on_all
from services.reminders.core.windows import local_text
from services.reminders.delivery.domain.dispatch import (
    Circumstances,
    Drop,
    Park,
    Policy,
    Postpone,
    Send,
    decide,
)
from services.reminders.delivery.domain.dispatch_context import DispatchContext
from services.reminders.delivery.domain.provider_traffic import ProviderHealth


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


def _with_providers_hold(context: DispatchContext, health: ProviderHealth) -> Circumstances:
    """A message is held itself if each of its providers is held."""
    facts = context.facts
    if facts.hold_id is not None or not context.held_providers:
        return facts
    hold_id = hold_on_all(context.senders, health.weights, context.held_providers)
    return msgspec.structs.replace(facts, hold_id=hold_id)
