"""A worker's parts in one process, with a provider that does what it is told."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.sms.limits import TextPart
from services.reminders.core.message_text import RenderedMessage
from services.reminders.core.outbound import Claim, Priority
from services.reminders.core.senders import Account
from services.reminders.delivery.domain.attempts import Beginning, Begun, Chances
from services.reminders.delivery.domain.dispatch import Policy
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Envelope,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForNow,
    TooLate,
)
from services.reminders.delivery.domain.providers import (
    PermitRequest,
    ProviderCall,
    ProviderHealth,
)
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.storage.circuit_waits import CircuitWaits
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.storage.dispatch_context.loader import DispatchContextLoader
from services.reminders.delivery.storage.incidents import Incidents
from services.reminders.delivery.usecases.break_loops import LoopBreaker
from services.reminders.delivery.usecases.ports import Repeats
from services.reminders.delivery.usecases.record_receipt import record_refused_opt_out
from services.reminders.delivery.usecases.send_batch import SendBatch, SendBatchDeps
from services.reminders.rendering.links import SignedLinks
from tests.support.reminders.units_of_work import unit_of_work

PROVIDERS: dict[Channel, tuple[str, ...]] = {Channel.SMS: ("twilio",), Channel.EMAIL: ("smtp",)}


class FakeProviderDispatcher:
    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []
        self.accounts: list[Account | None] = []
        self.answer: Callable[[OutgoingMessage], Outcome] = lambda message: Accepted(
            f"SM{message.attempt_id}"
        )

    def deliver(self, envelopes: Sequence[Envelope]) -> list[Outcome]:
        return [self._send(envelope) for envelope in envelopes]

    def _send(self, envelope: Envelope) -> Outcome:
        try:
            envelope.leaving()
        except TooLate:
            return RejectedForNow("TOO_LATE", failure=Failure.WITHHELD)
        self.sent.append(envelope.message)
        self.accounts.append(envelope.account)
        return self.answer(envelope.message)


class FakeTraffic:
    """Providers of equal weight. Each message gets the next of `waits`, then 0."""

    def __init__(self, providers: dict[Channel, tuple[str, ...]]) -> None:
        self._weights = {
            channel: {name: 100 / len(names) for name in names}
            for channel, names in providers.items()
        }
        self.closed_to: frozenset[str] = frozenset()
        self.waits: list[float] = []
        self.calls: list[ProviderCall] = []

    def health(self, channel: Channel) -> ProviderHealth:
        return ProviderHealth(weights=self._weights.get(channel, {}), closed_to=self.closed_to)

    def admit(self, channel: Channel, requests: Sequence[PermitRequest]) -> list[float]:
        del channel
        return [self.waits.pop(0) if self.waits else 0.0 for _ in requests]

    def report(self, channel: Channel, calls: Sequence[ProviderCall]) -> None:
        del channel
        self.calls += calls


class FakeJournal:
    def __init__(self) -> None:
        self.noted: list[tuple[int, int]] = []

    def note(self, clinic_id: int, attempt_id: int) -> None:
        self.noted.append((clinic_id, attempt_id))

    def forget(self, count: int) -> None:
        del count

    def expect(self, count: int) -> None:
        del count


class FakeRepeats:
    """Counts nothing, so no text is ever stopped."""

    def counts(self, names: Collection[bytes]) -> Mapping[bytes, int]:
        del names
        return {}

    def add(self, sent: Mapping[bytes, int]) -> None:
        del sent

    def keep_stopped(self, names: Collection[bytes]) -> None:
        del names


class Worker:
    """One worker; several in one test are several owners. `reading` is for its loader."""

    def __init__(
        self,
        engine: sa.Engine,
        vault: Vault,
        *,
        is_stopping: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
        providers: dict[Channel, tuple[str, ...]] = PROVIDERS,
        daily_cap: int | None = None,
        **reading: Any,
    ) -> None:
        self.owner: UUID = uuid4()
        lease = timedelta(seconds=15)
        self.claims = Claims(engine, self.owner, lease)
        self.contexts = DispatchContextLoader(
            engine, vault, counts_days=daily_cap is not None, **reading
        )
        self.attempts = Attempts(engine, vault, self.owner, lease)
        self.dispatcher = FakeProviderDispatcher()
        self.traffic = FakeTraffic(providers)
        self.journal = FakeJournal()
        self.changed: list[tuple[int, int]] = []
        self.deps = SendBatchDeps(
            claims=self.claims,
            contexts=self.contexts,
            circuit_waits=CircuitWaits(engine),
            loops=self.loop_breaker(engine, FakeRepeats()),
            attempts=self.attempts,
            opt_out_refused=partial(record_refused_opt_out, partial(unit_of_work, engine, vault)),
            dispatcher=self.dispatcher,
            journal=self.journal,
            announce=self.changed.extend,
            traffic=self.traffic,
            links=SignedLinks("https://clinic.example", "a secret of tests"),
            policy=Policy(is_test_allowed=True, daily_cap=daily_cap),
            monotonic=monotonic,
            sleep=lambda _: None,
            jitter=lambda: 0.0,
        )
        self.send_batch = SendBatch(self.deps, is_stopping=lambda: is_stopping)

    def loop_breaker(self, engine: sa.Engine, repeats: Repeats) -> LoopBreaker:
        return LoopBreaker(repeats, self.claims, Incidents(engine), self.changed.extend)


CHANCES = Chances(jitter=0, seconds_left=86_400)


def claim(worker: Worker, count: int = 10) -> list[Claim]:
    return worker.claims.claim(Channel.SMS, Priority.NORMAL, count)


def beginnings(worker: Worker, claims: list[Claim]) -> list[Beginning]:
    _, contexts = worker.contexts.load(claims)
    return [
        Beginning(
            claim=context.claim,
            sender=context.senders[0],
            consent_id=context.facts.consent.id if context.facts.consent else None,
            address_indexes=context.address_indexes,
            message=RenderedMessage(text="Hello"),
            part=TextPart(1, "Hello"),
        )
        for context in contexts
    ]


def begin(worker: Worker, claims: list[Claim]) -> list[Begun]:
    return worker.attempts.begin(beginnings(worker, claims))


def end_leases(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text("update reminders.outbound set lease_until = now() - interval '1 second'")
        )
