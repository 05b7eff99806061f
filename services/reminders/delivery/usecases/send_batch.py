"""Send what is due on one channel.

Claim, decide, begin, send, finish. No transaction is open while a provider is called. What a crash
leaves behind at any point is put right by `sweep` and the journal, never by a second message.
"""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import SuppressionReason
from services.reminders.core.outbound import Claim, Priority
from services.reminders.core.reasons import Reason
from services.reminders.database.unit_of_work import StorageAway
from services.reminders.delivery.domain.attempts import (
    Beginning,
    Begun,
    Chances,
    Ending,
    ending,
)
from services.reminders.delivery.domain.dispatch import DispatchContext, Policy
from services.reminders.delivery.domain.providers import ProviderHealth, provider_call
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.storage.circuit_waits import CircuitWaits
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.storage.dispatch_context.loader import DispatchContextLoader
from services.reminders.delivery.usecases.break_loops import LoopBreaker
from services.reminders.delivery.usecases.call_providers import (
    Composer,
    ProviderCalls,
    Sent,
)
from services.reminders.delivery.usecases.decide import Ready, Router, decide_all, has_elsewhere
from services.reminders.delivery.usecases.keep_in_order import PartsInOrder
from services.reminders.delivery.usecases.ports import (
    Announce,
    Journal,
    ProviderDispatcher,
    Traffic,
)
from services.reminders.delivery.usecases.prepare import Preparation
from services.reminders.rendering.links import SignedLinks

_LONGEST_NAP_SECONDS = 0.5
_LONG_BATCH_SECONDS = 0.5
"""An urgent message waits for the batch in hand: a claim shrinks until it leaves in this time."""

_UNREADABLE_WAIT_SECONDS = 60.0
_MARK_SECONDS = 1.0
_NOT_BEGUN_WAIT_SECONDS = 1.0
_FINISH_AGAIN_SECONDS = 0.5


class SendingLimits(msgspec.Struct, frozen=True, kw_only=True):
    """`lease_seconds` is the database's lease; nothing leaves after 0.6 of it.

    A call to a provider may take `deadline_seconds` in all; together they must fit the lease.
    """

    claimed_at_once: int = 192
    open_attempts: int = 16
    lease_seconds: float = 15.0
    deadline_seconds: float = 10.0
    finish_retry_seconds: float = 60.0

    @property
    def leaving_seconds(self) -> float:
        return 0.6 * self.lease_seconds


class SendBatchDeps(msgspec.Struct, frozen=True, kw_only=True):
    """What `SendBatch` puts together."""

    claims: Claims
    contexts: DispatchContextLoader
    circuit_waits: CircuitWaits
    loops: LoopBreaker
    attempts: Attempts
    opt_out_refused: Callable[[Ending], list[tuple[int, int]]]
    dispatcher: ProviderDispatcher
    journal: Journal
    announce: Announce
    traffic: Traffic
    links: SignedLinks
    policy: Policy
    limits: SendingLimits = SendingLimits()
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


class _Batch(msgspec.Struct, frozen=True):
    """One claim's worth. `started` is monotonic; `now` is product time once contexts are read."""

    channel: Channel
    health: ProviderHealth
    started: float
    now: datetime = datetime.min.replace(tzinfo=UTC)
    parts: PartsInOrder = msgspec.field(default_factory=PartsInOrder)


class _Pace:
    """How many messages to claim at once: as many as leave in a moment."""

    def __init__(self, limits: SendingLimits) -> None:
        self._limits = limits
        self.claim_size = limits.open_attempts

    def slow_down(self) -> None:
        """Providers must be waited for: other workers find the rest in order."""
        self.claim_size = max(1, self.claim_size // 2)

    def adjust(self, seconds: float) -> None:
        """Take into account how long a whole batch took."""
        if seconds > _LONG_BATCH_SECONDS:
            self.claim_size = max(self._limits.open_attempts, self.claim_size // 2)
        else:
            self.claim_size = min(self._limits.claimed_at_once, self.claim_size * 2)


class SendBatch:
    """Sends one claim's worth at a time; safe to run anywhere, any number of times."""

    def __init__(self, deps: SendBatchDeps, is_stopping: Callable[[], bool]) -> None:
        self._deps = deps
        self._is_stopping = is_stopping
        self._mark_at = 0.0
        self._pace = _Pace(deps.limits)
        self._route = Router(deps.traffic, deps.claims, deps.jitter)
        self._compose = Composer(deps.links, deps.limits.deadline_seconds)
        self._prepare = Preparation(deps.claims, self._compose, deps.announce)
        self._send = ProviderCalls(
            deps.dispatcher,
            self._compose,
            deps.journal,
            leaving_seconds=deps.limits.leaving_seconds,
            monotonic=deps.monotonic,
        )

    def __call__(self, channel: Channel) -> int:
        """Send the most urgent due messages. Returns how many were claimed."""
        health = self._deps.traffic.health(channel)
        if health.is_blocked:
            self._mark_waiting(channel)
            return 0
        batch = _Batch(channel, health, self._deps.monotonic())
        claims = self._claim(channel)
        if claims:
            self._process(batch, claims)
        return len(claims)

    def _mark_waiting(self, channel: Channel) -> None:
        """Record why everything waits; a worker that is woken often does it once a second."""
        now = self._deps.monotonic()
        if now >= self._mark_at:
            self._mark_at = now + _MARK_SECONDS
            self._deps.announce(self._deps.circuit_waits.mark(channel))

    def _claim(self, channel: Channel) -> list[Claim]:
        for priority in Priority:
            claims = self._deps.claims.claim(channel, priority, self._pace.claim_size)
            if claims:
                return claims
        return []

    def _process(self, batch: _Batch, claims: Sequence[Claim]) -> None:
        until = batch.started + self._deps.limits.leaving_seconds
        now, contexts = self._deps.contexts.load(claims)
        batch = msgspec.structs.replace(batch, now=now)
        # What cannot be read waits for an operator, and expires visibly if nobody acts.
        self._deps.claims.keep_waiting(
            _others(claims, contexts),
            code=Reason.UNREADABLE,
            wait_seconds=_UNREADABLE_WAIT_SECONDS,
        )
        ready = _fresh_first(self._decide(batch, contexts))
        size = self._deps.limits.open_attempts
        for start in range(0, len(ready), size):
            if self._is_stopping() or self._deps.monotonic() >= until:
                self._deps.claims.give_back(_claims_of(ready[start:]))
                return
            wait = self._send_chunk(batch, ready[start : start + size])
            if wait:
                self._pace.slow_down()
                self._deps.claims.give_back(_claims_of(ready[start + size :]), wait_seconds=wait)
                self._deps.sleep(min(wait, _LONGEST_NAP_SECONDS))
                return
        self._pace.adjust(self._deps.monotonic() - batch.started)

    def _decide(self, batch: _Batch, contexts: Sequence[DispatchContext]) -> list[Ready]:
        decisions = decide_all(contexts, batch.health, self._deps.policy, now=batch.now)
        self._deps.claims.drop(decisions.dropped)
        self._deps.claims.postpone(decisions.postponed)
        self._deps.claims.park(decisions.parked)
        self._deps.announce([claim.key for claim, _ in decisions.dropped])
        self._deps.announce([claim.key for claim, _, _ in decisions.postponed])
        self._deps.announce([claim.key for claim, _ in decisions.parked])
        return decisions.ready

    def _send_chunk(self, batch: _Batch, chunk: Sequence[Ready]) -> float:
        """Send what may leave now. Returns the seconds to wait if nothing of it may."""
        routed = self._route(batch.channel, batch.health, chunk)
        beginnings, waiting = batch.parts.choose(self._prepare(routed.admitted))
        self._deps.claims.give_back(
            [beginning.claim for beginning in waiting], wait_seconds=_NOT_BEGUN_WAIT_SECONDS
        )
        if not beginnings:
            return routed.wait
        started = self._deps.monotonic()
        begun = self._begin(beginnings)
        if begun:
            contexts = {ready.context.claim.key: ready.context for ready in chunk}
            sent = self._send(begun, contexts, started)
            endings = [
                ending(call.begun, call.outcome, self._chances(batch, call)) for call in sent
            ]
            _finish(self._deps, endings)
            calls = [
                provider_call(call.begun.beginning.sender, call.outcome, call.seconds)
                for call in sent
            ]
            self._deps.traffic.report(batch.channel, calls)
        return 0.0

    def _begin(self, beginnings: Sequence[Beginning]) -> list[Begun]:
        """Commit open attempts. What could not begin has changed since, and is decided again."""
        check = self._deps.loops.check(beginnings)
        if not check.passed:
            return []
        self._deps.journal.expect(len(check.passed))
        begun = self._deps.attempts.begin(check.passed)
        self._deps.journal.forget(len(check.passed) - len(begun))
        self._deps.loops.note(check, begun)
        keys = {attempt.beginning.claim.key for attempt in begun}
        not_begun = [
            beginning.claim for beginning in check.passed if beginning.claim.key not in keys
        ]
        self._deps.claims.give_back(not_begun, wait_seconds=_NOT_BEGUN_WAIT_SECONDS)
        return begun

    def _chances(self, batch: _Batch, sent: Sent) -> Chances:
        passed = self._deps.monotonic() - batch.started
        useful_until = sent.context.claim.useful_until
        provider = sent.begun.beginning.sender.provider
        return Chances(
            jitter=self._deps.jitter(),
            seconds_left=(useful_until - batch.now).total_seconds() - passed,
            has_elsewhere=has_elsewhere(sent.context, batch.health, provider),
        )


def _fresh_first(ready: Sequence[Ready]) -> list[Ready]:
    """What a provider has refused before gives way, so that it holds up nothing else."""
    return sorted(ready, key=lambda message: bool(message.context.refused_by))


def _claims_of(ready: Sequence[Ready]) -> list[Claim]:
    return [message.context.claim for message in ready]


def _others(claims: Sequence[Claim], contexts: Sequence[DispatchContext]) -> list[Claim]:
    """The claims that have no context: they could not be read."""
    readable = {context.claim.key for context in contexts}
    return [claim for claim in claims if claim.key not in readable]


def _finish(deps: SendBatchDeps, endings: Sequence[Ending]) -> None:
    """Store the outcomes of attempts, and what follows from them for the patient.

    Tries for a while. Outcomes after that are left to the sweeper and to receipts.
    """
    if not _store(deps, endings):
        return
    deps.journal.forget(len(endings))
    deps.announce([stored.key for stored in endings])
    for stored in endings:
        if stored.suppress is SuppressionReason.OPT_OUT:
            # If storage is away: the provider goes on refusing, so the next message tells us again.
            with suppress(StorageAway):
                deps.announce(deps.opt_out_refused(stored))


def _store(deps: SendBatchDeps, endings: Sequence[Ending]) -> bool:
    """Returns whether it could be stored."""
    give_up_at = deps.monotonic() + deps.limits.finish_retry_seconds
    while True:
        try:
            late = deps.attempts.finish(endings)
            if late:
                deps.attempts.reconcile(late)
        except StorageAway:
            if deps.monotonic() >= give_up_at:
                return False
            deps.sleep(_FINISH_AGAIN_SECONDS)
        else:
            return True
