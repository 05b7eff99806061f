"""What an open circuit holds: it says so, and leaves soon after the provider answers again."""

from functools import partial

import msgspec
import pytest
import redis
import sqlalchemy as sa

from services.chassis.vault import Vault
from services.contracts.catalog import Channel
from services.contracts.reminders import HoldShown
from services.contracts.words import ReminderStatus
from services.reminders.core.breaker import BreakerRules
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
)
from services.reminders.delivery.domain.providers import resting_weights
from services.reminders.delivery.storage.provider_states import ProviderStates
from services.reminders.delivery.traffic.provider_limiter import ProviderLimiter, Rates
from services.reminders.delivery.usecases.send_batch import SendBatch
from services.reminders.enrollments.domain.holding import holding
from tests.support.reminders.due_messages import LONG_AGO, DueMessages
from tests.support.reminders.load import Load
from tests.support.reminders.sending import Worker
from tests.support.waiting import eventually

AWAY = RejectedForNow("HTTP_503", failure=Failure.UNAVAILABLE)


class Clinics:
    """A worker that shares circuits through Redis, and many patients of one clinic."""

    def __init__(self, engine: sa.Engine, vault: Vault, client: redis.Redis) -> None:
        self.due = DueMessages(engine, vault)
        self.load = Load(self.due, 32, first=500)
        self.worker = Worker(engine, vault)
        resting = {Channel.SMS: resting_weights("twilio"), Channel.EMAIL: resting_weights("smtp")}
        limiter = ProviderLimiter(
            client, ProviderStates(engine), resting, Rates(), worker="one", jitter=lambda: 0.0,
            rules=BreakerRules(),
        )  # fmt: skip
        deps = msgspec.structs.replace(self.worker.deps, traffic=limiter)
        self.send = partial(SendBatch(deps, lambda: False), Channel.SMS)

    def answer(self, outcome: Outcome, *, but: str = "") -> None:
        """Give every message this outcome, `but` accept those to one number."""

        def answered(message: OutgoingMessage) -> Outcome:
            return Accepted("SM1") if message.to == but else outcome

        self.worker.dispatcher.answer = answered

    def open_circuit(self) -> list[int]:
        ids = self.load.remind()
        self.answer(AWAY)
        assert eventually(lambda: self.send() == 0, within=10)
        return ids

    def shown(self, outbound_id: int) -> HoldShown | None:
        row = self.due.row(outbound_id)
        return holding(row.state, row.state_reason, row.due_at)


@pytest.fixture
def clinics(engine: sa.Engine, vault: Vault, redis_client: redis.Redis) -> Clinics:
    return Clinics(engine, vault, redis_client)


def test_what_an_open_circuit_holds_says_so(clinics: Clinics) -> None:
    clinics.open_circuit()
    other = clinics.due.remind()

    def is_marked() -> bool:
        clinics.send()
        return clinics.shown(other) is not None

    assert eventually(is_marked, within=5)
    hold = clinics.shown(other)
    assert hold
    assert (hold.code, hold.text) == (Reason.PROVIDER_AWAY, Reason.PROVIDER_AWAY.sentence)
    assert clinics.due.why(other) == [Reason.PROVIDER_AWAY]


def test_what_was_refused_by_a_provider_that_is_away_says_so_too(clinics: Clinics) -> None:
    ids = clinics.open_circuit()

    holds = [clinics.shown(outbound_id) for outbound_id in ids]
    assert {hold.code if hold else None for hold in holds} == {Reason.PROVIDER_AWAY}


def test_all_leaves_within_5_seconds_once_the_provider_answers_again(clinics: Clinics) -> None:
    ids = [*clinics.open_circuit(), clinics.due.remind()]
    clinics.answer(Accepted("SM1"))

    def all_left() -> bool:
        clinics.send()
        states = {clinics.due.state(outbound_id)[0] for outbound_id in ids}
        return states == {ReminderStatus.ACCEPTED}

    assert eventually(all_left, within=5)


def test_the_messages_that_opened_a_circuit_keep_no_other_waiting(clinics: Clinics) -> None:
    clinics.open_circuit()
    other = clinics.due.remind()
    clinics.answer(AWAY, but="+12025550123")

    def has_left() -> bool:
        clinics.send()
        return clinics.due.state(other)[0] is ReminderStatus.ACCEPTED

    assert eventually(has_left, within=5)


@pytest.mark.parametrize(
    "outcome",
    [
        RejectedForGood(Reason.ADDRESS_NOT_SENDABLE),
        RejectedForGood("SMTP_550_5.1.1"),
        RejectedForNow("SMTP_451"),
        RejectedForNow("SMTP_553", failure=Failure.SENDER),
    ],
)
def test_many_messages_that_cannot_be_sent_stop_no_other(
    clinics: Clinics, outcome: Outcome
) -> None:
    clinics.load.remind()
    clinics.answer(outcome, but="+12025550123")
    assert eventually(lambda: clinics.send() == 0, within=10)
    other = clinics.due.remind()

    clinics.send()

    assert clinics.due.state(other)[0] is ReminderStatus.ACCEPTED


def test_what_cannot_be_read_says_so(clinics: Clinics) -> None:
    unreadable = clinics.due.remind()
    clinics.due.damage(clinics.due.contact_ids[Channel.SMS])

    clinics.send()

    hold = clinics.shown(unreadable)
    assert hold
    assert hold.code == Reason.UNREADABLE
    assert clinics.due.row(unreadable).not_before > LONG_AGO
