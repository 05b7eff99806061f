from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.reminders.core.breaker import Health
from services.reminders.core.senders import SenderAddress
from services.reminders.delivery.domain.providers import (
    LEAST_WEIGHT,
    BadWeights,
    Choice,
    Weights,
    choose,
    fit,
    move,
    resting_weights,
)

RESTING = {"a": 55.0, "b": 45.0}
SENDERS = [
    SenderAddress(id=1, provider="a", address="+12025550100"),
    SenderAddress(id=2, provider="b", address="+12025550101"),
]
WELL = Health(calls=100, failures=1, slow=0)
FAILING = Health(calls=100, failures=51, slow=0)
SLOW = Health(calls=100, failures=0, slow=15)


def chosen(jitter: float = 0.0, weights: Weights = RESTING, **more: frozenset[str]) -> str | None:
    choice = Choice(
        weights=weights,
        closed_to=more.get("closed_to", frozenset()),
        held=more.get("held", frozenset()),
        refused_by=more.get("refused_by", frozenset()),
    )
    sender = choose(SENDERS, choice, jitter=jitter)
    return None if sender is None else sender.provider


def moved(health: Mapping[str, Health], weights: Weights = RESTING) -> dict[str, float]:
    return move(weights, RESTING, health).weights


def test_weights_are_read_and_add_up_to_a_hundred() -> None:
    weights = resting_weights("a=3,b=1")

    assert weights["a"] > weights["b"]
    assert sum(weights.values()) == pytest.approx(100)


def test_without_weights_the_first_takes_most_and_all_take_some() -> None:
    weights = resting_weights("a,b,c")

    assert weights["a"] > 80
    assert min(weights.values()) >= LEAST_WEIGHT


@pytest.mark.parametrize("names", ["a=1,b", "a=x,b=1", "a=0,b=1", "a=1,a=2", "a=101,b=1", "a=-1"])
def test_weights_that_cannot_be_meant_are_refused(names: str) -> None:
    with pytest.raises(BadWeights):
        resting_weights(names)


@pytest.mark.parametrize(
    ("jitter", "provider"), [(0.0, "a"), (0.54, "a"), (0.56, "b"), (0.999, "b")]
)
def test_chance_picks_by_weight(jitter: float, provider: str) -> None:
    assert chosen(jitter) == provider


def test_an_open_circuit_is_passed_by() -> None:
    assert chosen(closed_to=frozenset("a")) == "b"


def test_nobody_is_chosen_when_all_circuits_are_open() -> None:
    assert chosen(closed_to=frozenset("ab")) is None


def test_who_refused_is_passed_by_while_another_is_left() -> None:
    assert chosen(refused_by=frozenset("a")) == "b"


def test_who_refused_is_asked_again_when_nobody_else_is_left() -> None:
    assert chosen(refused_by=frozenset("a"), closed_to=frozenset("b")) == "a"


def test_a_sender_of_a_provider_that_is_not_in_use_is_not_chosen() -> None:
    assert chosen(weights={"c": 100.0}) is None


def test_traffic_moves_ten_points_away_from_who_fails() -> None:
    assert moved({"a": FAILING, "b": WELL}) == {"a": 45.0, "b": 55.0}


def test_traffic_moves_away_from_who_is_slow() -> None:
    assert moved({"a": WELL, "b": SLOW}) == {"a": 65.0, "b": 35.0}


def test_nothing_moves_when_all_fail() -> None:
    assert moved({"a": FAILING, "b": FAILING}) == RESTING


def test_traffic_drifts_back_when_all_is_well() -> None:
    assert moved({"a": WELL, "b": WELL}, {"a": 15.0, "b": 85.0}) == {"a": 17.0, "b": 83.0}


def test_traffic_at_rest_stays_and_nothing_is_recorded() -> None:
    assert move(RESTING, RESTING, {}).reasons == {}


def test_a_few_calls_say_nothing() -> None:
    assert moved({"a": Health(calls=5, failures=5, slow=0)}) == RESTING


def test_nobody_loses_all_traffic() -> None:
    weights = moved({"a": FAILING, "b": WELL}, {"a": 8.0, "b": 92.0})

    assert weights == {"a": LEAST_WEIGHT, "b": 95.0}


def test_a_new_provider_starts_at_rest_and_one_that_is_gone_takes_nothing() -> None:
    weights = fit({"a": 50.0, "gone": 50.0}, RESTING)

    assert weights.keys() == RESTING.keys()
    assert sum(weights.values()) == pytest.approx(100)


ANY_HEALTH = some.builds(
    Health, calls=some.integers(0, 200), failures=some.integers(0, 200), slow=some.integers(0, 50)
)


@given(some.lists(some.tuples(ANY_HEALTH, ANY_HEALTH), max_size=30))
def test_weights_always_add_up_and_none_is_ever_zero(minutes: list[tuple[Health, Health]]) -> None:
    weights: dict[str, float] = dict(RESTING)
    for a, b in minutes:
        weights = moved({"a": a, "b": b}, weights)

    assert sum(weights.values()) == pytest.approx(100)
    assert min(weights.values()) >= LEAST_WEIGHT - 1e-9
