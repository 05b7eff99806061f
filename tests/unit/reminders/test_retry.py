import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.contracts.catalog import Channel
from services.reminders.domain.retry import LONGEST_RETRY_AFTER_SECONDS, POLICIES, wait_seconds

SMS = POLICIES[Channel.SMS]


@pytest.mark.parametrize(("attempts", "wait"), [(1, 2), (2, 4), (3, 8), (7, 128)])
def test_waits_double(attempts: int, wait: float) -> None:
    assert wait_seconds(Channel.SMS, attempts, None, luck=0.999999) == pytest.approx(wait, rel=1e-3)


def test_luck_halves_a_wait_at_most() -> None:
    assert wait_seconds(Channel.SMS, 1, None, luck=0) == 1


def test_attempts_are_spent_at_last() -> None:
    assert wait_seconds(Channel.SMS, SMS.max_attempts, None, luck=0) is None


def test_a_wait_the_provider_asks_for_wins() -> None:
    assert wait_seconds(Channel.SMS, 1, 30, luck=0) == 30


def test_a_busy_provider_never_spends_the_attempts() -> None:
    assert wait_seconds(Channel.SMS, 1000, 30, luck=0) == 30


def test_an_absurd_wait_is_capped() -> None:
    assert wait_seconds(Channel.SMS, 1, 86_400, luck=0) == LONGEST_RETRY_AFTER_SECONDS


@given(some.integers(1, SMS.max_attempts - 1), some.floats(0, 0.999))
def test_no_wait_is_longer_than_the_cap(attempts: int, luck: float) -> None:
    wait = wait_seconds(Channel.SMS, attempts, None, luck=luck)

    assert wait is not None
    assert 0 < wait <= SMS.cap_seconds
