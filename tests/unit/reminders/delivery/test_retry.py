from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.catalog import Channel
from services.reminders.delivery.domain.outgoing import Failure
from services.reminders.delivery.domain.retry import (
    BACKOFFS,
    LONGEST_RETRY_AFTER_SECONDS,
    TABLE,
    Failed,
    wait_seconds,
)

SMS = BACKOFFS[Channel.SMS]
A_DAY = 86_400.0


def failed(failure: Failure = Failure.REFUSED, **more: Any) -> Failed:
    usual: dict[str, Any] = {"attempts": 1, "spent": 0, "seconds_left": A_DAY}
    return Failed(channel=Channel.SMS, failure=failure, **usual | more)


def test_every_kind_of_failure_is_in_the_table() -> None:
    assert TABLE.keys() == set(Failure)


@pytest.mark.parametrize(("attempts", "wait"), [(1, 2), (2, 4), (3, 8), (7, 128)])
def test_each_retry_waits_twice_as_long(attempts: int, wait: float) -> None:
    seconds = wait_seconds(failed(attempts=attempts), jitter=0.999999)

    assert seconds == pytest.approx(wait, rel=1e-3)


def test_jitter_halves_a_wait_at_most() -> None:
    assert wait_seconds(failed(), jitter=0) == 1


def test_tries_are_spent_at_last() -> None:
    assert wait_seconds(failed(spent=SMS.tries - 1), jitter=0) is None


def test_a_wait_the_provider_asks_for_wins() -> None:
    assert wait_seconds(failed(retry_after=30), jitter=0) == 30


def test_jitter_adds_a_tenth_to_it_at_most() -> None:
    asked = wait_seconds(failed(retry_after=30), jitter=0.999999)

    assert asked == pytest.approx(33, rel=1e-3)


@pytest.mark.parametrize("failure", [Failure.BUSY, Failure.UNAVAILABLE, Failure.NOT_ALLOWED])
def test_what_is_not_the_messages_fault_never_spends_its_tries(failure: Failure) -> None:
    assert wait_seconds(failed(failure, attempts=1000, spent=SMS.tries), jitter=0) is not None


def test_an_absurd_wait_is_capped() -> None:
    asked = failed(Failure.BUSY, retry_after=A_DAY)

    assert wait_seconds(asked, jitter=0) == LONGEST_RETRY_AFTER_SECONDS


def test_nothing_is_tried_again_past_its_usefulness() -> None:
    assert wait_seconds(failed(retry_after=30, seconds_left=29), jitter=0) is None


@pytest.mark.parametrize("failure", [Failure.FOR_GOOD, Failure.AMBIGUOUS])
def test_no_other_provider_gets_what_was_refused_for_good_or_may_have_arrived(
    failure: Failure,
) -> None:
    assert not TABLE[failure].is_tried_again
    assert not TABLE[failure].may_go_elsewhere


def test_what_an_operator_must_mend_waits_longer() -> None:
    assert wait_seconds(failed(Failure.NOT_ALLOWED), jitter=0) == 30


@given(
    some.sampled_from([kind for kind in Failure if TABLE[kind].is_tried_again]),
    some.integers(1, 1000),
    some.floats(0, 0.999),
)
def test_no_wait_is_longer_than_the_cap(failure: Failure, attempts: int, jitter: float) -> None:
    wait = wait_seconds(failed(failure, attempts=attempts), jitter=jitter)

    assert wait is not None
    assert 0 < wait <= SMS.cap_seconds
