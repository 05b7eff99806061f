"""The plan: each stage breaks something, waits until all is settled, and counts."""

import random
import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import msgspec
import redis
import sqlalchemy as sa

from services.chassis.redis import open_redis
from services.launcher.processes import wait_until
from services.reminders.delivery.domain.attempts import Begun
from services.reminders.delivery.storage.sweeps import Sweeps
from tests.chaos.chaos_stack import ChaosStack
from tests.chaos.failpoints import PLACES, Failpoint
from tests.chaos.mutants import NO_COMPARE_AND_SET, forget_to_compare
from tests.chaos.process import LEASE_SECONDS
from tests.chaos.score import Score, score, unsettled
from tests.support.processes.process_stack import listens
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load
from tests.support.reminders.sending import Worker, begin, beginnings, claim, end_leases

_SETTLE_SECONDS = 45.0
_ORDINARY = {"loseReplies": 0.02, "delayMs": 25, "receipts": {"delayMs": 100, "double": 0.1}}
"""The usual faults of a provider: some replies are lost, and receipts come twice."""

_POSTGRES_RESTARTS = 3
_DEATH_SECONDS = 8.0


class Stage(msgspec.Struct, frozen=True):
    name: str
    run: Callable[[ChaosStack], Score]


def fences(stack: ChaosStack, *, mutant: str | None = None) -> Score:
    """Two owners of ten messages: how many of them the stale one may begin."""
    engine = stack.engine
    load = load_of(stack, 10)
    load.remind(due_in=timedelta(0))
    stale, fresh = Worker(engine, stack.vault), Worker(engine, stack.vault)
    if mutant == NO_COMPARE_AND_SET:
        for worker in (stale, fresh):
            forget_to_compare(worker.attempts)
    old = beginnings(stale, claim(stale))
    end_leases(engine)
    Sweeps(engine).return_queued()
    new = claim(fresh)
    begun: Sequence[Begun] = stale.attempts.begin(old)
    rest = begin(fresh, new)
    return Score(
        messages=10, texts=len(begun) + len(rest), opted_out=0, lost=10 - len(begun) - len(rest),
        doubled=len(begun), unknown=0, late=0, untrue=0, p50=0.0, p99=0.0,
    )  # fmt: skip


def failpoint(
    stack: ChaosStack, point: Failpoint, *, count: int, deaths: int = 3, mutant: str | None = None
) -> Score:
    """Let one worker after another meet the failpoint."""
    load = load_of(stack, count)
    stack.faults(delayMs=10, receipts={"delayMs": 100})
    load.remind(due_in=timedelta(0))
    stack.crew(workers=1, dispatchers=1, mutant=mutant, failpoint=point)
    if point.sleep_seconds:
        stack.wait(point.sleep_seconds)
    else:
        _die_often(stack, times=deaths)
    stack.dismiss()
    stack.crew(workers=1, dispatchers=1, mutant=mutant)
    return _settle(stack, load)


def random_chaos(
    stack: ChaosStack, seed: int, *, count: int, seconds: float, mutant: str | None = None
) -> Score:
    """Something happens every 0.3 to 0.9 s, and one in twenty opts out meanwhile."""
    dice = random.Random(seed)  # noqa: S311 - a seed is the point
    load = load_of(stack, count)
    stack.faults(**_ORDINARY, seed=seed)
    load.remind(due_in=timedelta(seconds=2), over=timedelta(seconds=0.8 * seconds))
    stack.crew(mutant=mutant)
    stack.wait(2.0)
    quitters = dice.sample(load.people, count // 20)
    until = time.monotonic() + seconds
    mischief = Mischief(stack, dice)
    while time.monotonic() < until:
        mischief.act()
        stack.text_stop(quitters.pop().phone for _ in range(min(len(quitters), 3)))
        stack.wait(dice.uniform(0.3, 0.9))
    stack.wake_all()
    stack.faults(receipts={"delayMs": 50})
    return _settle(stack, load)


_STOPPED_IN_TURN = ("worker-1", "dispatcher-1", "service", "gateway")


def sigterm_drill(stack: ChaosStack, *, count: int, rounds: int) -> Score:
    """Stop every kind of process under load, one after another; each ends well by itself."""
    load = load_of(stack, count)
    stack.faults(delayMs=25, receipts={"delayMs": 50, "double": 0.1})
    load.remind(due_in=timedelta(0))
    stack.crew(workers=1, dispatchers=1)
    for name in _STOPPED_IN_TURN * rounds:
        stack.wait(1.2)
        assert wait_until(_is_up(stack, name), 30.0), name
        stack.kill(name, signal.SIGTERM)
        assert stack.processes.seats[name].exit_code == 0, (
            name,
            stack.processes.seats[name].exit_code,
        )
    return _settle(stack, load)


def _is_up(stack: ChaosStack, name: str) -> Callable[[], bool]:
    """Whether it would notice a signal: while it starts, one ends it like any program."""
    if name == "gateway":
        return listens(stack.processes.gateway)
    return lambda: "ready" in stack.processes.seats[name].output


def flush_drill(stack: ChaosStack, *, count: int) -> Score:
    """Take Redis away under load, with all that is in it."""
    load = load_of(stack, count)
    stack.faults(delayMs=25)
    load.remind(due_in=timedelta(0))
    stack.crew(workers=2, dispatchers=1)
    stack.wait(1.5)
    for _ in range(3):
        flush(stack)
        stack.wait(0.5)
    stack.kill("valkey", back_in=1.0)
    return _settle(stack, load)


class Mischief:
    """What may happen, the likelier the more often it is listed."""

    def __init__(self, stack: ChaosStack, dice: random.Random) -> None:
        self._stack = stack
        self._dice = dice
        self._restarts = 0
        self.done: list[str] = []

    def act(self) -> None:
        chosen = self._dice.choice(self._possible())
        self.done.append(chosen.func.__name__)
        chosen()

    def _possible(self) -> list[partial[None]]:
        kills = [partial(self._kill, kind) for kind in ("worker",) * 4 + ("dispatcher",) * 2]
        servers = [partial(self._kill, kind) for kind in ("service", "gateway", "valkey")]
        more = [self._flush, self._term, self._stop, self._stop, self._busy, self._down, self._lose]
        if self._restarts < _POSTGRES_RESTARTS:
            more.append(self._restart_postgres)
        return [*kills, *servers, *(partial(act) for act in more)]

    def _kill(self, kind: str) -> None:
        self._stack.kill(self._one_of(kind), back_in=self._dice.uniform(0, 0.4))

    def _term(self) -> None:
        self._stack.kill(self._one_of("worker"), signal.SIGTERM)

    def _stop(self) -> None:
        self._stack.stop_for(self._one_of("worker", "dispatcher"), 1.8 * LEASE_SECONDS)

    def _flush(self) -> None:
        flush(self._stack)

    def _restart_postgres(self) -> None:
        self._restarts += 1
        self._stack.kill("postgres", signal.SIGQUIT)  # immediate: as if the power failed

    def _busy(self) -> None:
        self._refuse(429)

    def _down(self) -> None:
        self._refuse(503)

    def _refuse(self, status: int) -> None:
        refuse = {"status": status, "retryAfter": 1, "share": 0.5}
        self._stack.faults(**_ORDINARY, refuse=refuse, seed=self._dice.randrange(1000))

    def _lose(self) -> None:
        self._stack.faults(**_ORDINARY | {"loseReplies": 0.2}, seed=self._dice.randrange(1000))

    def _one_of(self, *kinds: str) -> str:
        return self._dice.choice(self._stack.names(*kinds))


def flush(stack: ChaosStack) -> None:
    with open_redis(stack.processes.redis_url) as client:
        try:
            client.flushall()
        except (OSError, redis.exceptions.ConnectionError):
            return  # it was killed a moment ago, or is loading again


def plan(seeds: Sequence[int], *, scale: float = 1.0) -> list[Stage]:
    """All of it; `scale` below 1 makes it shorter and thinner."""
    count = int(120 * scale)
    deaths = [Failpoint(place, turn=1 if place == "after_claim" else 2) for place in PLACES]
    naps = [Failpoint(place, 1, 1.5 * LEASE_SECONDS) for place in list(PLACES)[:3]]
    return [
        Stage("fences: two owners", fences),
        *(Stage(f"kill -9 {death.place}", _at(death, count)) for death in deaths),
        *(Stage(f"sleep past the lease {nap.place}", _at(nap, count)) for nap in naps),
        *(
            Stage(f"random, seed {seed}", _by_chance(seed, int(600 * scale), 20 * scale))
            for seed in seeds
        ),
        Stage("SIGTERM under load", partial(sigterm_drill, count=int(400 * scale), rounds=2)),
        Stage("FLUSHALL and kill of Valkey", partial(flush_drill, count=int(300 * scale))),
    ]


def _at(point: Failpoint, count: int) -> Callable[[ChaosStack], Score]:
    return lambda stack: failpoint(stack, point, count=count)


def _by_chance(seed: int, count: int, seconds: float) -> Callable[[ChaosStack], Score]:
    return lambda stack: random_chaos(stack, seed, count=count, seconds=seconds)


def load_of(stack: ChaosStack, count: int) -> Load:
    """A clinic of its own, with people whom no other stage knows."""
    first = stack.phones(count)
    due = DueMessages(stack.engine, stack.vault, name=f"Clinic from {first}")
    return Load(due, count, first=first)


def _die_often(stack: ChaosStack, *, times: int) -> None:
    worker = stack.processes.seats["worker-1"]
    deaths = 0
    while deaths < times and wait_until(lambda: not worker.is_running, _DEATH_SECONDS):
        deaths += 1
        worker.start()
    assert deaths, "the failpoint was never reached"


def _settle(stack: ChaosStack, load: Load) -> Score:
    until = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < until:
        stack.wait(0.3)
        try:
            if unsettled(load) == 0:
                break
        except sa.exc.OperationalError:
            continue  # the database restarts
    stack.dismiss()
    return score(load, stack.arrived())
