"""`make chaos`: run the plan and print what was lost, doubled, unknown, and late after an opt-out.

`--seed N` adds a seed (one that is drawn is always among them), `--mutants` breaks delivery in
three ways instead and succeeds only if each is noticed.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from tests.chaos import mutants, stages
from tests.chaos.chaos_stack import ChaosStack
from tests.chaos.failpoints import Failpoint
from tests.chaos.score import HEADER, Score
from tests.chaos.stages import Stage
from tests.support.processes.process_stack import ProcessStack

_FIXED_SEEDS = (1, 2)


@contextmanager
def chaos_stack() -> Iterator[ChaosStack]:
    with ProcessStack(track_commit_timestamp="on") as processes:
        stack = ChaosStack(processes)
        try:
            yield stack
        finally:
            stack.close()


def run(stack: ChaosStack, plan: Iterable[Stage], say: Callable[[str], None]) -> list[Score]:
    scores = []
    for stage in plan:
        began = time.monotonic()
        scores.append(stage.run(stack))
        say(scores[-1].line(stage.name, time.monotonic() - began))
    return scores


def mutant_plan() -> list[Stage]:
    """The stage that must notice each mutant."""
    return [
        Stage(
            f"mutant {mutants.NO_COMPARE_AND_SET}",
            partial(stages.fences, mutant=mutants.NO_COMPARE_AND_SET),
        ),
        Stage(
            f"mutant {mutants.BLIND_RETRY}",
            partial(
                stages.random_chaos, seed=1, count=300, seconds=12, mutant=mutants.BLIND_RETRY
            ),
        ),
        Stage(
            f"mutant {mutants.NO_SWEEPER}",
            partial(
                stages.failpoint, point=Failpoint("after_claim", 1), count=120,
                mutant=mutants.NO_SWEEPER,
            ),
        ),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--seed", type=int, action="append", default=[])
    parser.add_argument("--mutants", action="store_true")
    arguments = parser.parse_args()
    drawn = random.SystemRandom().randrange(1000, 100_000)
    plan = (
        mutant_plan() if arguments.mutants else stages.plan([*_FIXED_SEEDS, *arguments.seed, drawn])
    )
    print(HEADER, flush=True)  # noqa: T201 - what it is run for
    with chaos_stack() as stack:
        scores = run(stack, plan, partial(print, flush=True))
    if arguments.mutants:
        return int(any(score.is_clean for score in scores))
    return int(not all(score.is_clean for score in scores))


if __name__ == "__main__":
    sys.exit(main())
