"""A worker's parts in one process, with a provider that does what it is told."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.reminders.core.claim import Claim
from services.reminders.core.message_text import RenderedMessage
from services.reminders.core.outbound import Lane
from services.reminders.core.senders import Account
from services.reminders.delivery.domain.attempts import Beginning, Begun, Chances
from services.reminders.delivery.domain.dispatch import Policy
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForNow,
)
from services.reminders.delivery.storage.attempts import Attempts
from services.reminders.delivery.storage.cases import Cases
from services.reminders.delivery.storage.claims import Claims
from services.reminders.delivery.usecases.delivery_ports import Letter, TooLate
from services.reminders.delivery.usecases.provider_opt_outs import ProviderOptOuts
from services.reminders.delivery.usecases.send_batch import Delivery, SendBatch
from services.reminders.delivery.usecases.traffic_ports import Call, Standing, Wanted
from services.reminders.rendering.links import SignedLinks
from tests.support.units_of_work import unit_of_work

PROVIDERS: dict[Channel, tuple[str, ...]] = {Channel.SMS: ("twilio",), Channel.EMAIL: ("smtp",)}


class FakePostman:
    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []
        self.accounts: list[Account | None] = []
        self.answer: Callable[[OutgoingMessage], Outcome] = lambda message: Accepted(
            f"SM{message.attempt_id}"
        )

    def deliver(self, letters: Sequence[Letter]) -> list[Outcome]:
        return [self._send(letter) for letter in letters]

    def _send(self, letter: Letter) -> Outcome:
        try:
            letter.leaving()
        except TooLate:
            return RejectedForNow("TOO_LATE", failure=Failure.WITHHELD)
        self.sent.append(letter.message)
        self.accounts.append(letter.account)
        return self.answer(letter.message)


class FakeTraffic:
    """Providers of equal weight; `waits` are handed out one a message, then 0."""

    def __init__(self, providers: dict[Channel, tuple[str, ...]]) -> None:
        self._weights = {
            channel: {name: 100 / len(names) for name in names}
            for channel, names in providers.items()
        }
        self.closed_to: frozenset[str] = frozenset()
        self.waits: list[float] = []
        self.calls: list[Call] = []

    def standing(self, channel: Channel) -> Standing:
        return Standing(weights=self._weights.get(channel, {}), closed_to=self.closed_to)

    def admit(self, channel: Channel, wanted: Sequence[Wanted]) -> list[float]:
        del channel
        return [self.waits.pop(0) if self.waits else 0.0 for _ in wanted]

    def report(self, channel: Channel, calls: Sequence[Call]) -> None:
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


class Worker:
    """One worker; several in one test are several owners. `reading` is for its cases."""

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
        self.cases = Cases(engine, vault, counts_days=daily_cap is not None, **reading)
        self.attempts = Attempts(engine, vault, self.owner, lease)
        self.postman = FakePostman()
        self.traffic = FakeTraffic(providers)
        self.journal = FakeJournal()
        self.changed: list[tuple[int, int]] = []
        self.delivery = Delivery(
            claims=self.claims,
            cases=self.cases,
            attempts=self.attempts,
            provider_opt_outs=ProviderOptOuts(partial(unit_of_work, engine, vault)),
            postman=self.postman,
            journal=self.journal,
            changed=self.changed.extend,
            traffic=self.traffic,
            callback_url=lambda *_: None,
            links=SignedLinks("https://clinic.example", "a secret of tests"),
            policy=Policy(is_test_allowed=True, daily_cap=daily_cap),
            monotonic=monotonic,
            sleep=lambda _: None,
            luck=lambda: 0.0,
        )
        self.send_batch = SendBatch(self.delivery, is_stopping=lambda: is_stopping)


CHANCES = Chances(luck=0, seconds_left=86_400)


def claim(worker: Worker, count: int = 10) -> list[Claim]:
    return worker.claims.claim(Channel.SMS, Lane.NORMAL, count)


def beginnings(worker: Worker, claims: list[Claim]) -> list[Beginning]:
    _, cases = worker.cases.load(claims)
    return [
        Beginning(
            claim=case.claim,
            sender=case.senders[0],
            consent_id=case.circumstances.consent.id if case.circumstances.consent else None,
            address_indexes=case.address_indexes,
            message=RenderedMessage(text="Hello"),
        )
        for case in cases
    ]


def begin(worker: Worker, claims: list[Claim]) -> list[Begun]:
    return worker.attempts.begin(beginnings(worker, claims))


def end_leases(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text("update reminders.outbound set lease_until = now() - interval '1 second'")
        )
