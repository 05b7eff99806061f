"""`make bench-domain`: how many reminders a second are planned, and what a simulation costs.

Prints a table in Markdown; the last results are kept in bench/RESULTS.md. `--profile` says where
the time of enrolling goes. One process, one connection, and a PostgreSQL of its own.
"""

import argparse
import cProfile
import os
import platform
import pstats
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

import msgspec
import sqlalchemy as sa

from services.chassis.database import open_engine
from services.chassis.vault import Vault
from services.contracts.catalog import AftercareStep, Channel, Purpose, StepKind
from services.contracts.reminders import EnrollPatient
from services.contracts.simulation import PlanAt, SimulateEnrollment
from tests.support.aftercare import NOW, PLAN, Clinic, Service, consent, step
from tests.support.servers import Run, empty_database

_KEYS = ("k1:" + "ZGRk" * 10 + "ZGQ=", "i1:" + "aWlp" * 10 + "aWk=")
_STEPS = 20
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
    def __init__(self) -> None:
        self.engine = open_engine(empty_database("bench_domain"), application_name="bench")
        self.service = Service(self.engine, Vault.from_settings(*_KEYS))
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

    def enrollments(self) -> list[EnrollPatient]:
        started_at = NOW + timedelta(days=10)
        return [
            self.clinic.enrollment(patient, plan="long", procedure_at=started_at)
            for patient in self.patients
        ]

    def rows(self) -> int:
        with self.engine.connect() as connection:
            counted = connection.execute(sa.text("select count(*) from reminders.outbound"))
            return int(counted.scalar_one())


def measure_enrolling(site: Site) -> None:
    warm, *commands = site.enrollments()
    assert site.service.do(warm).enrollment
    before, times = site.rows(), []
    used, began = time.process_time(), time.perf_counter()
    for command in commands:
        start = time.perf_counter()
        reply = site.service.do(command)
        times.append(1000 * (time.perf_counter() - start))
        assert reply.enrollment, reply.refusals
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    made = site.rows() - before
    say(
        f"planned through the enroll use case, {len(commands)} enrollments of {_STEPS} steps",
        f"{made / seconds:,.0f} rows/s",
        "≥ 5,000/s",
    )
    each = made / len(commands)
    say(f"one enrollment, {each:.0f} rows", _spread(times))
    say("CPU of our process", f"{1e6 * cpu / made:.0f} µs a row")


def measure_simulating(site: Site) -> None:
    for channels in ((Channel.SMS,), (Channel.SMS, Channel.EMAIL)):
        question = SimulateEnrollment(
            scope=site.clinic.scope(),
            plans=(PlanAt(plan="long", procedure_at=NOW + timedelta(days=10)),),
            time_zone="Europe/Lisbon",
            channels=channels,
        )
        found = site.service.ask(question)
        assert found is not None
        used = _cpu(200, partial(site.service.ask, question))
        say(
            f"CPU of simulateEnrollment, {_STEPS} steps, {len(found)} messages",
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


def say(what: str, found: str, goal: str = "") -> None:
    print(f"| {what} | {found} | {goal} |", flush=True)


def profile(site: Site) -> None:
    commands = site.enrollments()
    with cProfile.Profile() as seen:
        for command in commands:
            site.service.do(command)
    pstats.Stats(seen).sort_stats("cumulative").print_stats(60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", action="store_true", help="say where the time goes")
    asked = parser.parse_args()
    run = Run()
    try:
        site = Site()
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
    finally:
        run.end()


if __name__ == "__main__":
    main()
