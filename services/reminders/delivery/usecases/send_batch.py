"""Send what is due on one channel.

Claim, decide, begin, send, finish. No transaction is open while a provider is called; what a
crash leaves behind at any point is for `sweep` and the journal, and never a second message.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus, SuppressionReason, TaskKind
from services.reminders.core.claim import Claim
from services.reminders.core.message_text import (
    CannotRender,
    RenderedMessage,
    StepText,
    answered_at,
)
from services.reminders.core.outbound import Lane
from services.reminders.core.reasons import Reason
from services.reminders.core.senders import SenderAddress, signed_by
from services.reminders.core.storage_away import StorageAway
from services.reminders.core.windows import local_text
from services.reminders.delivery.domain.attempts import Beginning, Begun, Chances, Ending, ending
from services.reminders.delivery.domain.case import Case
from services.reminders.delivery.domain.dispatch import Drop, Park, Policy, Postpone, Send, decide
from services.reminders.delivery.domain.outgoing import OutgoingMessage
from services.reminders.delivery.usecases.delivery_ports import (
    Attempts,
    Cases,
    Changed,
    Claims,
    Journal,
    Letter,
    Postman,
    TooLate,
)
from services.reminders.delivery.usecases.provider_opt_outs import ProviderOptOuts
from services.reminders.delivery.usecases.route import (
    Ready,
    Router,
    has_elsewhere,
    with_providers_hold,
)
from services.reminders.delivery.usecases.traffic_ports import Standing, Traffic
from services.reminders.delivery.usecases.traffic_words import Stopwatch, call
from services.reminders.rendering.links import SignedLinks
from services.reminders.rendering.renderer import render_together

_LONGEST_NAP_SECONDS = 0.5
_LONG_TURN_SECONDS = 0.5
"""What is urgent waits for the turn in hand: a claim shrinks until it leaves in this time."""


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


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """How messages leave: the parts that `SendBatch` puts together."""

    claims: Claims
    cases: Cases
    attempts: Attempts
    provider_opt_outs: ProviderOptOuts
    postman: Postman
    journal: Journal
    changed: Changed
    traffic: Traffic
    callback_url: Callable[[Channel, str, int, int], str | None]
    links: SignedLinks
    policy: Policy
    limits: SendingLimits = SendingLimits()
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    luck: Callable[[], float] = random.random


class _Turn(msgspec.Struct, frozen=True):
    """One claim's worth; `started` is monotonic, `now` product time once its cases are read."""

    channel: Channel
    standing: Standing
    started: float
    now: datetime = datetime.min.replace(tzinfo=UTC)


class SendBatch:
    """Sends one claim's worth at a time; safe to run anywhere, any number of times."""

    def __init__(self, delivery: Delivery, is_stopping: Callable[[], bool]) -> None:
        self._with = delivery
        self._is_stopping = is_stopping
        self._route = Router(delivery.traffic, delivery.claims, delivery.luck)
        self._pace = delivery.limits.open_attempts

    def __call__(self, channel: Channel) -> int:
        """Deal with the most urgent due messages; answers with how many there were."""
        standing = self._with.traffic.standing(channel)
        if standing.is_blocked:
            return 0
        claimed_at = self._with.monotonic()
        for lane in Lane:
            claims = self._with.claims.claim(channel, lane, self._pace)
            if claims:
                self._deal_with(_Turn(channel, standing, claimed_at), claims)
                return len(claims)
        return 0

    def _deal_with(self, turn: _Turn, claims: Sequence[Claim]) -> None:
        until = turn.started + self._with.limits.leaving_seconds
        now, cases = self._with.cases.load(claims)
        turn = msgspec.structs.replace(turn, now=now)
        self._set_aside(claims, cases)
        ready = self._decide(turn, cases)
        size = self._with.limits.open_attempts
        for start in range(0, len(ready), size):
            if self._is_stopping() or self._with.monotonic() >= until:
                self._with.claims.give_back([one.case.claim for one in ready[start:]])
                return
            wait = self._send_chunk(turn, ready[start : start + size])
            if wait:
                self._pace = max(1, self._pace // 2)  # others find the rest in order
                rest = [one.case.claim for one in ready[start + size :]]
                self._give_back(rest, wait_seconds=wait)
                self._with.sleep(min(wait, _LONGEST_NAP_SECONDS))
                return
        self._set_pace(self._with.monotonic() - turn.started)

    def _set_pace(self, seconds: float) -> None:
        """Claim what leaves in a moment, seeing how long a whole claim took."""
        limits = self._with.limits
        if seconds > _LONG_TURN_SECONDS:
            self._pace = max(limits.open_attempts, self._pace // 2)
        else:
            self._pace = min(limits.claimed_at_once, self._pace * 2)

    def _set_aside(self, claims: Sequence[Claim], cases: Sequence[Case]) -> None:
        """What cannot be read waits for an operator, and expires visibly if nobody comes."""
        readable = {case.claim.key for case in cases}
        unreadable = [claim for claim in claims if claim.key not in readable]
        if unreadable:
            self._with.claims.give_back(unreadable, wait_seconds=60.0)

    def _decide(self, turn: _Turn, cases: Sequence[Case]) -> list[Ready]:
        ready: list[Ready] = []
        dropped: list[tuple[Claim, Drop]] = []
        postponed: list[tuple[Claim, Postpone, str]] = []
        parked: list[tuple[Claim, Park]] = []
        for case in cases:
            facts = with_providers_hold(case, turn.standing)
            verdict = decide(case.claim, facts, self._with.policy, now=turn.now)
            match verdict:
                case Send():
                    ready.append(Ready(case, verdict))
                case Drop():
                    dropped.append((case.claim, verdict))
                case Postpone():
                    said = local_text(verdict.until, case.circumstances.window)
                    postponed.append((case.claim, verdict, said))
                case Park():
                    parked.append((case.claim, verdict))
        self._put_away(dropped, postponed, parked)
        return ready

    def _put_away(
        self,
        dropped: Sequence[tuple[Claim, Drop]],
        postponed: Sequence[tuple[Claim, Postpone, str]],
        parked: Sequence[tuple[Claim, Park]],
    ) -> None:
        if dropped:
            self._with.claims.drop(dropped)
        if postponed:
            self._with.claims.postpone(postponed)
        if parked:
            self._with.claims.park(parked)
        self._announce([claim.key for claim, _ in dropped])
        self._announce([claim.key for claim, _, _ in postponed])
        self._announce([claim.key for claim, _ in parked])

    def _send_chunk(self, turn: _Turn, chunk: Sequence[Ready]) -> float:
        """Send what may leave now; answers with the seconds to wait if nothing of it may."""
        routed = self._route(turn.channel, turn.standing, chunk)
        beginnings = [
            made for one, by in routed.admitted if (made := self._prepare(one, by)) is not None
        ]
        if not beginnings:
            return routed.wait
        started = self._with.monotonic()
        self._with.journal.expect(len(beginnings))
        begun = self._with.attempts.begin(beginnings)
        self._with.journal.forget(len(beginnings) - len(begun))
        self._release_refused(beginnings, begun)
        if begun:
            cases = {one.case.claim.key: one.case for one, _ in routed.admitted}
            self._deliver(turn, begun, cases, started)
        return 0.0

    def _deliver(
        self, turn: _Turn, begun: Sequence[Begun], cases: Mapping[tuple[int, int], Case],
        started: float,
    ) -> None:  # fmt: skip
        not_after = started + self._with.limits.leaving_seconds
        watches = [Stopwatch(self._with.monotonic) for _ in begun]
        letters = [
            self._letter(one, cases[one.beginning.claim.key].address or "", not_after, watch)
            for one, watch in zip(begun, watches, strict=True)
        ]
        outcomes = self._with.postman.deliver(letters)
        self._finish(
            [
                ending(one, outcome, self._chances(turn, one, cases[one.beginning.claim.key]))
                for one, outcome in zip(begun, outcomes, strict=True)
            ]
        )
        self._with.traffic.report(
            turn.channel,
            [
                call(one.beginning.sender, outcome, watch.seconds)
                for one, outcome, watch in zip(begun, outcomes, watches, strict=True)
            ],
        )

    def _chances(self, turn: _Turn, begun: Begun, case: Case) -> Chances:
        passed = self._with.monotonic() - turn.started
        return Chances(
            luck=self._with.luck(),
            seconds_left=(case.claim.useful_until - turn.now).total_seconds() - passed,
            has_elsewhere=has_elsewhere(case, turn.standing, begun.beginning.sender.provider),
        )

    def _give_back(self, claims: Sequence[Claim], *, wait_seconds: float) -> None:
        if claims:
            self._with.claims.give_back(claims, wait_seconds=wait_seconds)

    def _release_refused(self, beginnings: Sequence[Beginning], begun: Sequence[Begun]) -> None:
        """What could not begin is judged anew: something has changed since it was claimed."""
        allowed = {one.beginning.claim.key for one in begun}
        refused = [one.claim for one in beginnings if one.claim.key not in allowed]
        if refused:
            self._with.claims.give_back(refused, wait_seconds=1.0)

    def _prepare(self, ready: Ready, sender: SenderAddress) -> Beginning | None:
        case = ready.case
        try:
            message = self._message(ready, sender)
        except CannotRender:
            self._fail(case.claim)
            return None
        return Beginning(
            claim=case.claim,
            sender=sender,
            consent_id=ready.send.consent_id,
            address_indexes=case.address_indexes,
            message=message,
        )

    def _message(self, ready: Ready, sender: SenderAddress) -> RenderedMessage:
        case = ready.case
        if case.written is not None:
            return case.written
        if case.step is None or case.facts is None:
            raise CannotRender("the plan has no such step")
        said = (StepText(case.step, signed_by(sender, case.facts)), *case.carries)
        every = answered_at(self._with.links.check_in_url(*case.claim.key), said)
        return render_together(every, case.claim.channel, ready.send.detail)

    def _fail(self, claim: Claim) -> None:
        self._with.claims.drop([(claim, Drop(ReminderStatus.FAILED, Reason.RENDER_FAILED))])
        self._with.claims.open_task(
            claim, TaskKind.RENDER_FAILED, "A message could not be written; tell the patient"
        )
        self._announce([claim.key])

    def _letter(self, begun: Begun, address: str, not_after: float, watch: Stopwatch) -> Letter:
        claim, sender = begun.beginning.claim, begun.beginning.sender
        message = begun.beginning.message

        def leaving() -> None:
            if self._with.monotonic() > not_after:
                raise TooLate
            self._with.journal.note(claim.clinic_id, begun.attempt_id)
            watch.start()

        domain = sender.address.rpartition("@")[2].rstrip(">")
        return Letter(
            provider=sender.provider,
            account=sender.account,
            leaving=leaving,
            answered=watch.stop,
            message=OutgoingMessage(
                attempt_id=begun.attempt_id,
                clinic_id=claim.clinic_id,
                to=address,
                sender=sender.address,
                subject=message.subject,
                text=message.text,
                html=message.html,
                callback_url=self._with.callback_url(
                    claim.channel, sender.provider, claim.clinic_id, begun.attempt_id
                ),
                message_id=self._with.links.message_id(claim.clinic_id, begun.attempt_id, domain)
                if claim.channel is Channel.EMAIL
                else None,
                unsubscribe_url=self._with.links.unsubscribe_url(claim),
                deadline_seconds=self._with.limits.deadline_seconds,
            ),
        )

    def _finish(self, endings: Sequence[Ending]) -> None:
        """Store outcomes, for a minute if need be; later ones are the sweeper's and receipts'."""
        give_up_at = self._with.monotonic() + self._with.limits.finish_retry_seconds
        while True:
            try:
                late = self._with.attempts.finish(endings)
                if late:
                    self._with.attempts.reconcile(late)
                break
            except StorageAway:
                if self._with.monotonic() >= give_up_at:
                    return
                self._with.sleep(0.5)
        self._with.journal.forget(len(endings))
        self._announce([one.key for one in endings])
        for one in endings:
            if one.suppress is SuppressionReason.OPT_OUT:
                self._heed(one)

    def _heed(self, ended: Ending) -> None:
        try:
            skipped = self._with.provider_opt_outs.record(ended)
        except StorageAway:
            return  # the carrier goes on refusing, so the next message tells us again
        self._announce(skipped)

    def _announce(self, keys: Sequence[tuple[int, int]]) -> None:
        if keys:
            self._with.changed(keys)
