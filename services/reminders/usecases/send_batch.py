"""Send what is due on one channel.

Claim, decide, begin, send, finish. No transaction is open while a provider is called; what a
crash leaves behind at any point is for `sweep` and the journal, and never a second message.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus, SuppressionReason, TaskKind
from services.reminders.domain.attempts import Beginning, Begun, Ending, ending
from services.reminders.domain.dispatch import Claim, Drop, Postpone, Send, decide
from services.reminders.domain.message_text import CannotRender, RenderedMessage, Renderer
from services.reminders.domain.outbound import Lane
from services.reminders.domain.outgoing import OutgoingMessage
from services.reminders.domain.schedule import local_text
from services.reminders.domain.senders import SenderAddress
from services.reminders.usecases.delivery_ports import (
    Attempts,
    CarrierOptOuts,
    Case,
    Cases,
    Changed,
    Claims,
    Journal,
    Letter,
    Postman,
    StorageAway,
)


class TooLate(Exception):
    """So much of the lease is over that the message must not leave any more."""


class SendingLimits(msgspec.Struct, frozen=True, kw_only=True):
    """`lease_seconds` is the database's lease; nothing leaves after 0.6 of it.

    A call to a provider may take `deadline_seconds` in all; together they must fit the lease.
    """

    claimed_at_once: int = 64
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
    carrier_opt_outs: CarrierOptOuts
    renderer: Renderer
    postman: Postman
    journal: Journal
    changed: Changed
    providers: dict[Channel, tuple[str, ...]]  # first preferred
    callback_url: Callable[[Channel, str, int, int], str | None]
    is_test_allowed: bool
    limits: SendingLimits = SendingLimits()
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    luck: Callable[[], float] = random.random


class _Ready(msgspec.Struct, frozen=True):
    case: Case
    send: Send


class SendBatch:
    """Sends one claim's worth at a time; safe to run anywhere, any number of times."""

    def __init__(self, delivery: Delivery, is_stopping: Callable[[], bool]) -> None:
        self._with = delivery
        self._is_stopping = is_stopping

    def __call__(self, channel: Channel) -> int:
        """Deal with the most urgent due messages; answers with how many there were."""
        claimed_at = self._with.monotonic()
        for lane in Lane:
            claims = self._with.claims.claim(channel, lane, self._with.limits.claimed_at_once)
            if claims:
                self._deal_with(claims, until=claimed_at + self._with.limits.leaving_seconds)
                return len(claims)
        return 0

    def _deal_with(self, claims: Sequence[Claim], *, until: float) -> None:
        now, cases = self._with.cases.load(claims)
        self._set_aside(claims, cases)
        ready = self._decide(cases, now)
        size = self._with.limits.open_attempts
        for start in range(0, len(ready), size):
            if self._is_stopping() or self._with.monotonic() >= until:
                self._with.claims.give_back([one.case.claim for one in ready[start:]])
                return
            self._send_chunk(ready[start : start + size])

    def _set_aside(self, claims: Sequence[Claim], cases: Sequence[Case]) -> None:
        """What cannot be read waits for an operator, and expires visibly if nobody comes."""
        readable = {case.claim.key for case in cases}
        unreadable = [claim for claim in claims if claim.key not in readable]
        if unreadable:
            self._with.claims.give_back(unreadable, wait_seconds=60.0)

    def _decide(self, cases: Sequence[Case], now: datetime) -> list[_Ready]:
        ready: list[_Ready] = []
        dropped: list[tuple[Claim, Drop]] = []
        postponed: list[tuple[Claim, Postpone, str]] = []
        for case in cases:
            verdict = decide(
                case.claim,
                case.circumstances,
                now=now,
                is_test_allowed=self._with.is_test_allowed,
            )
            match verdict:
                case Send():
                    ready.append(_Ready(case, verdict))
                case Drop():
                    dropped.append((case.claim, verdict))
                case Postpone():
                    said = local_text(verdict.until, case.circumstances.window)
                    postponed.append((case.claim, verdict, said))
        if dropped:
            self._with.claims.drop(dropped)
        if postponed:
            self._with.claims.postpone(postponed)
        self._announce([claim.key for claim, _ in dropped])
        self._announce([claim.key for claim, _, _ in postponed])
        return ready

    def _send_chunk(self, chunk: Sequence[_Ready]) -> None:
        beginnings = [made for one in chunk if (made := self._prepare(one)) is not None]
        if not beginnings:
            return
        started = self._with.monotonic()
        self._with.journal.expect(len(beginnings))
        begun = self._with.attempts.begin(beginnings)
        self._with.journal.forget(len(beginnings) - len(begun))
        self._release_refused(beginnings, begun)
        if not begun:
            return
        addresses = {one.case.claim.key: one.case.address or "" for one in chunk}
        not_after = started + self._with.limits.leaving_seconds
        letters = [
            self._letter(one, addresses[one.beginning.claim.key], not_after) for one in begun
        ]
        outcomes = self._with.postman.deliver(letters)
        self._finish(
            [
                ending(one, outcome, luck=self._with.luck())
                for one, outcome in zip(begun, outcomes, strict=True)
            ]
        )

    def _release_refused(self, beginnings: Sequence[Beginning], begun: Sequence[Begun]) -> None:
        """What could not begin is judged anew: something has changed since it was claimed."""
        allowed = {one.beginning.claim.key for one in begun}
        refused = [one.claim for one in beginnings if one.claim.key not in allowed]
        if refused:
            self._with.claims.give_back(refused, wait_seconds=1.0)

    def _prepare(self, ready: _Ready) -> Beginning | None:
        case = ready.case
        sender = self._sender(case)
        if sender is None:
            code = case.sender_lack or "NO_SENDER"
            self._with.claims.await_sender([case.claim], code=code, wait_seconds=60.0)
            return None
        try:
            message = self._message(ready)
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

    def _message(self, ready: _Ready) -> RenderedMessage:
        case = ready.case
        if case.written is not None:
            return case.written
        if case.step is None or case.facts is None:
            raise CannotRender("the plan has no such step")
        return self._with.renderer.render(
            case.step, case.claim.channel, ready.send.detail, case.facts
        )

    def _fail(self, claim: Claim) -> None:
        self._with.claims.drop([(claim, Drop(ReminderStatus.FAILED, "RENDER_FAILED"))])
        self._with.claims.open_task(
            claim, TaskKind.RENDER_FAILED, "A message could not be written; tell the patient"
        )
        self._announce([claim.key])

    def _sender(self, case: Case) -> SenderAddress | None:
        """The preferred provider; after a refusal, which is definite, the next one."""
        names = self._with.providers.get(case.claim.channel, ())
        usable = [one for name in names for one in case.senders if one.provider == name]
        firsts = list({one.provider: one for one in reversed(usable)}.values())[::-1]
        return firsts[case.claim.attempts % len(firsts)] if firsts else None

    def _letter(self, begun: Begun, address: str, not_after: float) -> Letter:
        claim, sender = begun.beginning.claim, begun.beginning.sender
        message = begun.beginning.message

        def leaving() -> None:
            if self._with.monotonic() > not_after:
                raise TooLate
            self._with.journal.note(claim.clinic_id, begun.attempt_id)

        domain = sender.address.rpartition("@")[2].rstrip(">")
        return Letter(
            provider=sender.provider,
            account=sender.account,
            leaving=leaving,
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
                message_id=f"<attempt-{claim.clinic_id}-{begun.attempt_id}@{domain}>",
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
            skipped = self._with.carrier_opt_outs.record(ended)
        except StorageAway:
            return  # the carrier goes on refusing, so the next message tells us again
        self._announce(skipped)

    def _announce(self, keys: Sequence[tuple[int, int]]) -> None:
        for clinic_id, outbound_id in keys:
            self._with.changed(clinic_id, outbound_id)
