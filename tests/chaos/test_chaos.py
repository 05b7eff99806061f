"""The short form of `make chaos`: one seed, fewer messages, and the mutant that is quick."""

from collections.abc import Iterator

import pytest

from tests.chaos import stages
from tests.chaos.__main__ import chaos_stack
from tests.chaos.chaos_stack import ChaosStack
from tests.chaos.failpoints import PLACES, Failpoint
from tests.chaos.mutants import NO_COMPARE_AND_SET


@pytest.fixture(scope="module")
def stack() -> Iterator[ChaosStack]:
    with chaos_stack() as opened:
        yield opened


def test_a_stale_owner_begins_nothing(stack: ChaosStack) -> None:
    assert stages.fences(stack).is_clean


def test_without_compare_and_set_a_stale_owner_would_be_noticed(stack: ChaosStack) -> None:
    assert stages.fences(stack, mutant=NO_COMPARE_AND_SET).doubled == 10


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_that_dies_loses_and_doubles_nothing(stack: ChaosStack, place: str) -> None:
    score = stages.failpoint(stack, Failpoint(place, 1), count=40, deaths=1)

    assert score.is_clean, score
    assert score.texts == 40


def test_nothing_is_lost_or_doubled_while_anything_may_happen(stack: ChaosStack) -> None:
    score = stages.random_chaos(stack, 7, count=120, seconds=8)

    assert score.is_clean, score


def test_a_stop_of_any_process_under_load_loses_and_doubles_nothing(stack: ChaosStack) -> None:
    score = stages.sigterm_drill(stack, count=150, rounds=1)

    assert score.is_clean, score
    assert score.texts == 150
    assert score.unknown == 0


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [3, 4])
def test_nothing_is_lost_or_doubled_with_other_seeds(stack: ChaosStack, seed: int) -> None:
    score = stages.random_chaos(stack, seed, count=600, seconds=20)

    assert score.is_clean, score
