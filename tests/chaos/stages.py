"""The plan: each stage breaks something, waits until all is settled, and counts."""

import random
import signal
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import msgspec
import sqlalchemy as sa

from services.chassis.redis import open_redis
from services.launcher.processes import wait_until
from services.reminders.delivery.domain.attempts import Begun
from services.reminders.delivery.storage.expired_leases import ExpiredLeases
from tests.chaos.failpoints import PLACES, Failpoint
from tests.chaos.field import Field
from tests.chaos.mutants import NO_COMPARE_AND_SET, forget_to_compare
from tests.chaos.process import LEASE_SECONDS
from tests.chaos.score import Score, score, unsettled
from tests.support.arena import listens
from tests.support.crowd import Crowd
from tests.support.due_messages import DueMessages
from tests.support.sending import Worker, begin, beginnings, claim, end_leases

_SETTLE_SECONDS = 45.0
_ORDINARY = {"loseReplies": 0.02, "delayMs": 25, "receipts": {"delayMs": 100, "double": 0.1}}
"""A carrier's everyday: a lost reply now and then, receipts that come twice."""

_POSTGRES_RESTARTS = 3
_DEATH_SECONDS = 8.0


class Stage(msgspec.Struct, frozen=True):
    name: str
    run: Callable[[Field], Score]


def fences(field: Field, *, mutant: str | None = None) -> Score:
    """Two owners of ten messages: how many of them the stale one may begin."""
    engine = field.engine
    crowd = crowd_of(field, 10)
    crowd.remind(due_in=timedelta(0))
    stale, fresh = Worker(engine, field.vault), Worker(engine, field.vault)
    if mutant == NO_COMPARE_AND_SET:
        for worker in (stale, fresh):
            forget_to_compare(worker.attempts)
    old = beginnings(stale, claim(stale))
    end_leases(engine)
    ExpiredLeases(engine).return_queued()
    new = claim(fresh)
    begun: Sequence[Begun] = stale.attempts.begin(old)
    rest = begin(fresh, new)
    return Score(
        messages=10, texts=len(begun) + len(rest), opted_out=0, lost=10 - len(begun) - len(rest),
        doubled=len(begun), unknown=0, late=0, untrue=0, p50=0.0, p99=0.0,
    )  # fmt: skip


def failpoint(
    field: Field, point: Failpoint, *, count: int, deaths: int = 3, mutant: str | None = None
) -> Score:
    """Let one worker after another meet the failpoint."""
    crowd = crowd_of(field, count)
    field.faults(delayMs=10, receipts={"delayMs": 100})
    crowd.remind(due_in=timedelta(0))
    field.crew(workers=1, dispatchers=1, mutant=mutant, failpoint=point)
    if point.sleep_seconds:
        field.wait(point.sleep_seconds)
    else:
        _die_often(field, times=deaths)
    field.dismiss()
    field.crew(workers=1, dispatchers=1, mutant=mutant)
    return _settle(field, crowd)


def random_chaos(
    field: Field, seed: int, *, count: int, seconds: float, mutant: str | None = None
) -> Score:
    """Something happens every 0.3 to 0.9 s, and one in twenty opts out meanwhile."""
    dice = random.Random(seed)  # noqa: S311 - a seed is the point
    crowd = crowd_of(field, count)
    field.faults(**_ORDINARY, seed=seed)
    crowd.remind(due_in=timedelta(seconds=2), over=timedelta(seconds=0.8 * seconds))
    field.crew(mutant=mutant)
    field.wait(2.0)
    quitters = dice.sample(crowd.people, count // 20)
    until = time.monotonic() + seconds
    mischief = Mischief(field, dice)
    while time.monotonic() < until:
        mischief.act()
        field.text_stop(quitters.pop().phone for _ in range(min(len(quitters), 3)))
        field.wait(dice.uniform(0.3, 0.9))
    field.wake_all()
    field.faults(receipts={"delayMs": 50})
    return _settle(field, crowd)


_STOPPED_IN_TURN = ("worker-1", "dispatcher-1", "service", "gateway")


def sigterm_drill(field: Field, *, count: int, rounds: int) -> Score:
    """Stop every kind of process under load, one after another; each ends well by itself."""
    crowd = crowd_of(field, count)
    field.faults(delayMs=25, receipts={"delayMs": 50, "double": 0.1})
    crowd.remind(due_in=timedelta(0))
    field.crew(workers=1, dispatchers=1)
    for name in _STOPPED_IN_TURN * rounds:
        field.wait(1.2)
        assert wait_until(_is_up(field, name), 30.0), name
        field.kill(name, signal.SIGTERM)
        assert field.arena.seats[name].exit_code == 0, (name, field.arena.seats[name].exit_code)
    return _settle(field, crowd)


def _is_up(field: Field, name: str) -> Callable[[], bool]:
    """Whether it would notice a signal: while it starts, one ends it like any program."""
    if name == "gateway":
        return listens(field.arena.gateway)
    return lambda: "ready" in field.arena.seats[name].said


def flush_drill(field: Field, *, count: int) -> Score:
    """Take Redis away under load, with all that is in it."""
    crowd = crowd_of(field, count)
    field.faults(delayMs=25)
    crowd.remind(due_in=timedelta(0))
    field.crew(workers=2, dispatchers=1)
    field.wait(1.5)
    for _ in range(3):
        flush(field)
        field.wait(0.5)
    field.kill("valkey", back_in=1.0)
    return _settle(field, crowd)


class Mischief:
    """What may happen, the likelier the more often it is listed."""

    def __init__(self, field: Field, dice: random.Random) -> None:
        self._field = field
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
        return [*kills, *servers, *(partial(one) for one in more)]

    def _kill(self, kind: str) -> None:
        self._field.kill(self._one_of(kind), back_in=self._dice.uniform(0, 0.4))

    def _term(self) -> None:
        self._field.kill(self._one_of("worker"), signal.SIGTERM)

    def _stop(self) -> None:
        self._field.stop_for(self._one_of("worker", "dispatcher"), 1.8 * LEASE_SECONDS)

    def _flush(self) -> None:
        flush(self._field)

    def _restart_postgres(self) -> None:
        self._restarts += 1
        self._field.kill("postgres", signal.SIGQUIT)  # immediate: as if the power failed

    def _busy(self) -> None:
        self._refuse(429)

    def _down(self) -> None:
        self._refuse(503)

    def _refuse(self, status: int) -> None:
        refuse = {"status": status, "retryAfter": 1, "share": 0.5}
        self._field.faults(**_ORDINARY, refuse=refuse, seed=self._dice.randrange(1000))

    def _lose(self) -> None:
        self._field.faults(**_ORDINARY | {"loseReplies": 0.2}, seed=self._dice.randrange(1000))

    def _one_of(self, *kinds: str) -> str:
        return self._dice.choice(self._field.names(*kinds))


def flush(field: Field) -> None:
    with open_redis(field.arena.redis_url) as client:
        try:
            client.flushall()
        except OSError:
            return  # it was killed a moment ago


def plan(seeds: Sequence[int], *, scale: float = 1.0) -> list[Stage]:
    """All of it; `scale` below 1 makes it shorter and thinner."""
    count = int(120 * scale)
    deaths = [Failpoint(place, turn=1 if place == "after_claim" else 2) for place in PLACES]
    naps = [Failpoint(place, 1, 1.5 * LEASE_SECONDS) for place in list(PLACES)[:3]]
    return [
        Stage("fences: two owners", fences),
        *(Stage(f"kill -9 {one.place}", _at(one, count)) for one in deaths),
        *(Stage(f"sleep past the lease {one.place}", _at(one, count)) for one in naps),
        *(
            Stage(f"random, seed {seed}", _by_chance(seed, int(600 * scale), 20 * scale))
            for seed in seeds
        ),
        Stage("SIGTERM under load", partial(sigterm_drill, count=int(400 * scale), rounds=2)),
        Stage("FLUSHALL and kill of Valkey", partial(flush_drill, count=int(300 * scale))),
    ]


def _at(point: Failpoint, count: int) -> Callable[[Field], Score]:
    return lambda field: failpoint(field, point, count=count)


def _by_chance(seed: int, count: int, seconds: float) -> Callable[[Field], Score]:
    return lambda field: random_chaos(field, seed, count=count, seconds=seconds)


def crowd_of(field: Field, count: int) -> Crowd:
    """A clinic of its own, with people whom no other stage knows."""
    first = field.phones(count)
    due = DueMessages(field.engine, field.vault, name=f"Clinic from {first}")
    return Crowd(due, count, first=first)


def _die_often(field: Field, *, times: int) -> None:
    worker = field.arena.seats["worker-1"]
    deaths = 0
    while deaths < times and wait_until(lambda: not worker.is_running, _DEATH_SECONDS):
        deaths += 1
        worker.start()
    assert deaths, "the failpoint was never reached"


def _settle(field: Field, crowd: Crowd) -> Score:
    until = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < until:
        field.wait(0.3)
        try:
            if unsettled(crowd) == 0:
                break
        except sa.exc.OperationalError:
            continue  # the database restarts
    field.dismiss()
    return score(crowd, field.arrived())
