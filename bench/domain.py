"""`make bench-domain`: how many reminders a second are planned, and what a simulation costs.

Prints a table in Markdown; the last results are kept in bench/RESULTS.md. `--profile` says where
our CPU goes while enrolling. One process, and a PostgreSQL of its own that is safe from crashes:
each enrollment is a transaction of its own, and waits until it is on disk.
"""

import argparse
import cProfile
import itertools
import os
import platform
import pstats
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

import msgspec
import sqlalchemy as sa

from services.chassis.database import open_engine
from services.chassis.zone_data import use_locked_zones
from services.contracts.catalog import AftercareStep, Channel, Purpose, StepKind
from services.contracts.reminders import EnrollPatient
from services.contracts.simulation import PlanAt, SimulateEnrollment
from services.reminders.wiring import CONSUMERS
from tests.support.processes.process_stack import ProcessStack, cpu_seconds
from tests.support.reminders.aftercare import NOW, PLAN, Clinic, Service, consent, step

_NAME = "bench"
_STEPS = 20
_ROUNDS = 5
_PATIENTS = 100


def plan_of(count: int) -> tuple[AftercareStep, ...]:
    """A long plan: preparation, hours and days after, questions, and one offer at the end."""
    kinds = (StepKind.CARE, StepKind.CARE, StepKind.CARE, StepKind.FOLLOW_UP)
    before = [
        step(f"before-{n}", kind=StepKind.PREPARE, after=f"-P{n + 1}D", useful_for="P1D")
        for n in range(4)
    ]
    after = [
        step(f"day-{n}", kind=kinds[n % len(kinds)], day=n + 1, at="10:00")
        for n in range(count - len(before) - 1)
    ]
    offer = step("again", kind=StepKind.REBOOK, purpose=Purpose.MARKETING, day=60)
    return (*before, *after, offer)


class Site:
    def __init__(self, processes: ProcessStack) -> None:
        self.engine = open_engine(
            processes.postgres_url, application_name=_NAME, pool_size=CONSUMERS + 1
        )
        self.service = Service(self.engine, processes.vault)
        steps = plan_of(_STEPS)
        self.service.source.plans["long"] = msgspec.structs.replace(PLAN, slug="long", steps=steps)
        self.clinic = Clinic(self.service)
        consents = tuple(
            consent(channel, purpose=purpose)
            for channel in (Channel.SMS, Channel.EMAIL)
            for purpose in Purpose
        )
        self.patients = [
            self.clinic.register(
                phone=f"+35191{n:07}", email=f"p{n}@example.com", consents=consents
            ).id
            for n in range(_PATIENTS)
        ]
        self._days = itertools.count(10)

    def enrollments(self) -> list[EnrollPatient]:
        """One of each patient, for a procedure on a day of its own."""
        started_at = NOW + timedelta(days=next(self._days))
        return [
            self.clinic.enrollment(patient, plan="long", procedure_at=started_at)
            for patient in self.patients
        ]

    def enroll(self, command: EnrollPatient) -> float:
        """Seconds that it took."""
        began = time.perf_counter()
        reply = self.service.do(command)
        assert reply.enrollment, reply.refusals
        return time.perf_counter() - began

    def rows(self) -> int:
        with self.engine.connect() as connection:
            counted = connection.execute(sa.text("select count(*) from reminders.outbound"))
            return int(counted.scalar_one())

    def database_seconds(self) -> float:
        """CPU that PostgreSQL has spent on our connections, which stay open."""
        with self.engine.connect() as connection:
            ours = sa.text("select pid from pg_stat_activity where application_name = :name")
            pids = connection.execute(ours, {"name": _NAME}).scalars().all()
        return sum(cpu_seconds(pid) for pid in pids)


class Round(msgspec.Struct, frozen=True):
    """What enrolling every patient once took: seconds, and rows made."""

    rows: int
    wall: float
    ours: float
    database: float
    times: list[float]

    @property
    def rate(self) -> float:
        return self.rows / self.wall


def enroll_all(site: Site, consumers: int) -> Round:
    commands = site.enrollments()
    before, database = site.rows(), site.database_seconds()
    used, began = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(consumers) as pool:
        times = list(pool.map(site.enroll, commands))
    wall, ours = time.perf_counter() - began, time.process_time() - used
    return Round(site.rows() - before, wall, ours, site.database_seconds() - database, times)


def measure_enrolling(site: Site) -> None:
    for consumers in (1, CONSUMERS):  # each opens its connection, and what is kept is kept
        enroll_all(site, consumers)
    rounds = [(enroll_all(site, 1), enroll_all(site, CONSUMERS)) for _ in range(_ROUNDS)]
    for consumers, some in zip((1, CONSUMERS), zip(*rounds, strict=True), strict=True):
        rates = [run.rate for run in some]
        rows_per_patient = some[0].rows / _PATIENTS
        say(
            f"planned through the enroll use case, {consumers} at once",
            f"best {max(rates):,.0f} rows/s, p50 {median(rates):,.0f}",
            "≥ 5,000/s",
        )
        times = [1000 * seconds for run in some for seconds in run.times]
        say(f"one enrollment of {_STEPS} steps, {rows_per_patient:.0f} rows", _spread(times))
        say("CPU of our process", f"{_a_row([run.ours / run.rows for run in some])}")
        say("CPU of PostgreSQL", f"{_a_row([run.database / run.rows for run in some])}")


def _a_row(seconds: Sequence[float]) -> str:
    return f"best {1e6 * min(seconds):.0f} µs a row, p50 {1e6 * median(seconds):.0f}"


def measure_simulating(site: Site) -> None:
    for channels in ((Channel.SMS,), (Channel.SMS, Channel.EMAIL)):
        question = SimulateEnrollment(
            scope=site.clinic.scope(),
            plans=(PlanAt(plan="long", procedure_at=NOW + timedelta(days=10)),),
            time_zone="Europe/Lisbon",
            channels=channels,
        )
        reminders = site.service.ask(question)
        assert reminders is not None
        used = _cpu(200, partial(site.service.ask, question))
        say(
            f"CPU of simulateEnrollment, {_STEPS} steps, {len(reminders)} messages",
            _spread(used),
            "≤ 5 ms",
        )


def _cpu(count: int, act: Callable[[], object]) -> list[float]:
    spent = []
    for _ in range(count):
        used = time.process_time()
        act()
        spent.append(1000 * (time.process_time() - used))
    return spent


def _spread(times: Sequence[float]) -> str:
    """Milliseconds; the best says what the work itself costs, however busy the machine."""
    return f"best {min(times):.1f} ms, p50 {median(times):.1f} ms"


def say(subject: str, value: str, goal: str = "") -> None:
    print(f"| {subject} | {value} | {goal} |", flush=True)


def profile(site: Site) -> None:
    commands = site.enrollments()
    with cProfile.Profile(time.process_time) as seen:
        for command in commands:
            site.service.do(command)
    pstats.Stats(seen).sort_stats("cumulative").print_stats(60)


def main() -> None:
    use_locked_zones()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    asked = parser.parse_args()
    with ProcessStack() as processes:
        site = Site(processes)
        if asked.profile:
            profile(site)
            return
        today = datetime.now(UTC).date()  # noqa: TID251 - when the benchmark ran
        load = os.getloadavg()[0]
        python = platform.python_version()
        print(f"{today}, {os.cpu_count()} cores, load {load:.1f}, Python {python}\n")
        print("| what | found | goal |\n|---|---|---|")
        measure_enrolling(site)
        measure_simulating(site)
        site.engine.dispose()


if __name__ == "__main__":
    main()
