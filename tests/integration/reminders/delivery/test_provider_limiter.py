"""Circuits, weights and rates that all workers share through Redis, and what is left without it."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
import sqlalchemy as sa

from services.chassis.redis import open_redis
from services.contracts.catalog import Channel
from services.reminders.core.breaker import BreakerRules, Health
from services.reminders.database.tables import provider_change
from services.reminders.delivery.domain.outgoing import Failure
from services.reminders.delivery.domain.providers import (
    PermitRequest,
    ProviderCall,
    resting_weights,
)
from services.reminders.delivery.storage.provider_states import ProviderStates
from services.reminders.delivery.traffic import keys
from services.reminders.delivery.traffic.minutes import Minutes
from services.reminders.delivery.traffic.provider_limiter import ProviderLimiter, Rates
from services.reminders.delivery.usecases.move_traffic import MoveTraffic
from tests.support.waiting import eventually

SMS = Channel.SMS
RESTING = {
    SMS: resting_weights("first=60,second=40"),
    Channel.EMAIL: resting_weights("smtp"),
}
SHORT = BreakerRules(open_seconds=0.2)
MakeLimiter = Callable[..., ProviderLimiter]


@pytest.fixture
def make(engine: sa.Engine, redis_client: redis.Redis) -> MakeLimiter:
    def made(**more: Any) -> ProviderLimiter:
        rates = more.pop("rates", Rates())
        client = more.pop("client", redis_client)
        return ProviderLimiter(
            client, ProviderStates(engine), RESTING, rates,
            worker=more.pop("worker", "one"), jitter=lambda: 0.0, **more,
        )  # fmt: skip

    return made


@pytest.fixture
def nowhere() -> redis.Redis:
    return open_redis("redis://127.0.0.1:1/0")


def permits(count: int, **more: Any) -> list[PermitRequest]:
    usual: dict[str, Any] = {"provider": "first", "account": "", "clinic_id": None}
    return [PermitRequest(**usual | more)] * count


def calls(count: int, failure: Failure | None = None, **more: Any) -> list[ProviderCall]:
    usual: dict[str, Any] = {"provider": "first", "account": "", "seconds": 0.1}
    return [ProviderCall(failure=failure, **usual | more)] * count


def granted(limiter: ProviderLimiter, count: int, **more: Any) -> int:
    return sum(wait <= 0 for wait in limiter.admit(SMS, permits(count, **more)))


def first_granted(limiter: ProviderLimiter, count: int) -> int:
    """How many leave at the first time that any may."""
    grants: list[int] = []

    def is_any_granted() -> bool:
        grants.append(granted(limiter, count))
        return grants[-1] > 0

    assert eventually(is_any_granted, within=5)
    return grants[-1]


def is_open(limiter: ProviderLimiter, provider: str = "first") -> bool:
    return provider in limiter.health(SMS).closed_to


def is_open_for_mail(limiter: ProviderLimiter) -> bool:
    return "smtp" in limiter.health(Channel.EMAIL).closed_to


def fail_often(
    limiter: ProviderLimiter, failure: Failure = Failure.NOT_REACHED, **more: Any
) -> None:
    limiter.report(SMS, calls(20, failure, **more))


def test_everything_may_leave_where_no_rate_is_set(make: MakeLimiter) -> None:
    assert granted(make(), 1000) == 1000


def test_a_circuit_opens_when_half_of_the_calls_fail(make: MakeLimiter) -> None:
    limiter = make()

    limiter.report(SMS, [*calls(10), *calls(10, Failure.UNAVAILABLE)])

    assert is_open(limiter)


def test_a_few_failures_open_no_circuit(make: MakeLimiter) -> None:
    limiter = make()

    limiter.report(SMS, [*calls(12), *calls(8, Failure.UNAVAILABLE)])

    assert not is_open(limiter)


def test_a_circuit_opens_when_more_than_one_in_twenty_is_slow(make: MakeLimiter) -> None:
    limiter = make()

    limiter.report(SMS, [*calls(18), *calls(2, Failure.AMBIGUOUS, seconds=10.0)])

    assert is_open(limiter)


@pytest.mark.parametrize(
    "failure", [Failure.FOR_GOOD, Failure.REFUSED, Failure.WITHHELD, Failure.SENDER]
)
def test_what_is_not_the_providers_fault_opens_no_circuit(
    make: MakeLimiter, failure: Failure
) -> None:
    limiter = make()

    fail_often(limiter, failure)

    assert not is_open(limiter)


def test_a_clinics_own_wrong_account_does_not_speak_for_the_provider(make: MakeLimiter) -> None:
    limiter = make()

    fail_often(limiter, Failure.NOT_ALLOWED, account="clinic-7")

    assert not is_open(limiter)


def test_an_open_circuit_lets_nothing_through(make: MakeLimiter) -> None:
    limiter = make()
    fail_often(limiter)

    assert granted(limiter, 5) == 0


def test_every_worker_sees_an_open_circuit(make: MakeLimiter) -> None:
    fail_often(make())

    assert is_open(make(worker="another"))


def test_three_probes_go_out_once_the_wait_is_over(make: MakeLimiter) -> None:
    limiter = make(rules=SHORT)
    fail_often(limiter)

    assert first_granted(limiter, 10) == 3


def test_three_successes_close_the_circuit(make: MakeLimiter) -> None:
    limiter = make(rules=SHORT)
    fail_often(limiter)
    first_granted(limiter, 3)

    limiter.report(SMS, calls(3))

    assert granted(limiter, 10) == 10


def test_a_failed_probe_opens_it_again(make: MakeLimiter) -> None:
    limiter = make(rules=SHORT)
    fail_often(limiter)
    first_granted(limiter, 3)

    limiter.report(SMS, [*calls(2), *calls(1, Failure.NOT_REACHED)])

    assert is_open(limiter)


def test_an_open_circuit_is_noted_in_the_database(make: MakeLimiter, engine: sa.Engine) -> None:
    fail_often(make())

    remembered = ProviderStates(engine).read(SMS)["first"]

    assert 0 < remembered.open_seconds <= 1


def test_each_probe_without_an_answer_doubles_the_wait(make: MakeLimiter) -> None:
    limiter = make(rules=SHORT)
    fail_often(limiter)
    waits = []
    for _ in range(3):
        first_granted(limiter, 1)
        limiter.report(SMS, calls(1, Failure.AMBIGUOUS))
        waits.append(limiter.admit(SMS, permits(1))[0])

    assert waits == [1.0, 1.0, pytest.approx(1.6, abs=0.1)]  # no wait to ask again is shorter


def test_the_wait_after_refused_probes_stays_short(make: MakeLimiter) -> None:
    limiter = make(rules=SHORT)
    fail_often(limiter)
    for _ in range(4):
        first_granted(limiter, 1)
        limiter.report(SMS, calls(1, Failure.UNAVAILABLE))

    assert limiter.admit(SMS, permits(1)) == [1.0]


def test_a_clinics_own_mail_server_does_not_speak_for_the_others(make: MakeLimiter) -> None:
    limiter = make()

    limiter.report(Channel.EMAIL, calls(40, Failure.NOT_REACHED, account="own", provider="smtp"))

    assert not is_open_for_mail(limiter)


def test_a_circuit_half_open_wants_messages_that_were_not_refused(make: MakeLimiter) -> None:
    now = [0.0]
    limiter = make(rules=SHORT, monotonic=lambda: now[0])
    fail_often(limiter)

    def wants_fresh() -> bool:
        now[0] += 2.0  # past what the worker remembers
        health = limiter.health(SMS)
        return "first" in health.wants_fresh and "first" not in health.closed_to

    assert eventually(wants_fresh, within=5)
    assert eventually(lambda: not wants_fresh(), within=5)


def test_a_flushed_redis_gets_an_open_circuit_back(
    make: MakeLimiter, redis_client: redis.Redis
) -> None:
    fail_often(make())
    redis_client.flushdb()
    limiter = make()

    assert is_open(limiter)
    assert granted(limiter, 5) == 0


def test_an_open_circuit_is_known_without_redis(make: MakeLimiter, nowhere: redis.Redis) -> None:
    fail_often(make())

    assert is_open(make(client=nowhere))


def test_a_rate_is_kept_by_all_workers_together(make: MakeLimiter) -> None:
    rates = Rates(accounts={"first": 50.0})
    workers = [make(rates=rates, worker=f"worker {n}") for n in range(3)]
    ends = time.monotonic() + 1.0
    permits = 0

    while time.monotonic() < ends:
        permits += sum(granted(worker, 5) for worker in workers)

    assert 40 <= permits <= 50 + 50


def test_a_refused_message_learns_how_long_to_wait(make: MakeLimiter) -> None:
    limiter = make(rates=Rates(accounts={"first": 10.0}))

    waits = limiter.admit(SMS, permits(4))

    assert waits[0] == 0
    assert waits[1:] == pytest.approx([0.1, 0.2, 0.3], abs=0.02)


def test_a_clinics_rate_leaves_others_alone(make: MakeLimiter) -> None:
    limiter = make(rates=Rates(clinic=1.0))

    assert granted(limiter, 5, clinic_id=1) == 1
    assert granted(limiter, 5, clinic_id=2) == 1


def test_urgent_kinds_ignore_the_clinics_rate(make: MakeLimiter) -> None:
    limiter = make(rates=Rates(clinic=1.0))
    granted(limiter, 5, clinic_id=1)

    assert granted(limiter, 5, clinic_id=None) == 5


def test_a_busy_account_rests_as_long_as_it_asks(make: MakeLimiter) -> None:
    limiter = make()

    limiter.report(SMS, calls(1, Failure.BUSY, retry_after=30.0))

    assert limiter.admit(SMS, permits(1)) == pytest.approx([30.0], abs=0.5)


def test_another_account_of_the_provider_goes_on(make: MakeLimiter) -> None:
    limiter = make()

    limiter.report(SMS, calls(1, Failure.BUSY, retry_after=30.0))

    assert granted(limiter, 5, account="clinic-7") == 5


def test_an_absurd_wait_of_an_account_is_capped(make: MakeLimiter) -> None:
    limiter = make()

    limiter.report(SMS, calls(1, Failure.BUSY, retry_after=86_400.0))

    assert limiter.admit(SMS, permits(1)) == pytest.approx([3600.0], abs=1)


def test_a_flushed_bucket_starts_nearly_empty(make: MakeLimiter, redis_client: redis.Redis) -> None:
    limiter = make(rates=Rates(accounts={"first": 50.0}))
    granted(limiter, 10)
    redis_client.flushdb()

    assert granted(limiter, 50) == 1


def test_a_worker_keeps_to_its_share_while_redis_is_away(
    make: MakeLimiter, nowhere: redis.Redis
) -> None:
    now = [0.0]
    limiter = make(client=nowhere, rates=Rates(accounts={"first": 10.0}), monotonic=lambda: now[0])
    permits = 0
    for _ in range(100):
        permits += granted(limiter, 1)
        now[0] += 0.02

    assert 20 <= permits <= 22


def test_weights_move_once_a_minute_and_are_recorded(
    make: MakeLimiter, engine: sa.Engine, redis_client: redis.Redis
) -> None:
    limiter, move = make(), MoveTraffic(ProviderStates(engine), Minutes(redis_client), RESTING)
    limiter.report(SMS, [*calls(15), *calls(6, Failure.UNAVAILABLE)])

    move()
    move()

    with engine.connect() as connection:
        changes = connection.execute(
            sa.select(provider_change).order_by(provider_change.c.provider)
        ).all()
    rest = RESTING[SMS]
    assert [(change.provider, change.code, change.weight) for change in changes] == [
        ("first", "FAILING", pytest.approx(rest["first"] - 10)),
        ("second", "TAKES_OVER", pytest.approx(rest["second"] + 10)),
    ]


def test_every_worker_learns_the_weights(
    make: MakeLimiter, engine: sa.Engine, redis_client: redis.Redis
) -> None:
    limiter, move = make(), MoveTraffic(ProviderStates(engine), Minutes(redis_client), RESTING)
    limiter.report(SMS, [*calls(15), *calls(6, Failure.UNAVAILABLE)])
    move()

    assert make().health(SMS).weights["first"] == pytest.approx(RESTING[SMS]["first"] - 10)


def test_a_flushed_redis_gets_the_weights_back(
    make: MakeLimiter, engine: sa.Engine, redis_client: redis.Redis
) -> None:
    ill = {"first": Health(calls=100, failures=60, slow=0)}
    moved = ProviderStates(engine).move(SMS, RESTING[SMS], ill)
    redis_client.flushdb()

    assert make().health(SMS).weights == pytest.approx(dict(moved))
    assert redis_client.exists(keys.weights(SMS))


@pytest.fixture
def away() -> ProviderStates:
    return ProviderStates(sa.create_engine("postgresql+psycopg://127.0.0.1:1/none"))


def test_without_redis_and_database_traffic_rests(
    nowhere: redis.Redis, away: ProviderStates
) -> None:
    limiter = ProviderLimiter(nowhere, away, RESTING, Rates(), worker="one")

    assert limiter.health(SMS).weights == pytest.approx(RESTING[SMS])
    assert limiter.admit(SMS, permits(3)) == [0.0, 0.0, 0.0]
