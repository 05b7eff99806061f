"""`make bench-delivery`: how late, how fast and how dear delivery is with a full table.

Prints a table in Markdown; the last results are kept in bench/RESULTS.md. `--quick` uses a tenth
of everything, to see that it runs.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from uuid import uuid4

import msgspec
import sqlalchemy as sa

from bench.machine import machine
from services.chassis.database import open_engine
from services.chassis.zone_data import use_locked_zones
from services.contracts.catalog import Channel
from services.contracts.words import ReminderStatus
from services.launcher.ports import keep_or_choose
from services.launcher.processes import wait_until
from services.reminders.core.outbound import Priority
from services.reminders.database.tables import outbound
from services.reminders.delivery.storage.claims import Claims, Due
from tests.support.processes.process_stack import ProcessStack, Seat, listens, python
from tests.support.reminders.due_messages import DueMessages
from tests.support.reminders.load import Load

_PEOPLE = 10_000
_RATE = 300  # due a second
_SECONDS = 30


class Size(msgspec.Struct, frozen=True):
    """How much of everything: 1 is what the promises speak of."""

    scale: float = 1.0

    def of(self, count: int) -> int:
        return max(1, int(count * self.scale))


class Site:
    """Servers as `afterglow up` runs them, a provider that costs little, and one full clinic."""

    def __init__(self, processes: ProcessStack, size: Size) -> None:
        self.processes = processes
        self.size = size
        self.engine = open_engine(processes.postgres_url, application_name="bench")
        self.log = processes.root / "provider.log"
        port = keep_or_choose(None)
        self.provider_address = f"127.0.0.1:{port}"
        processes.seat("provider", python("bench.stub_provider", str(port), str(self.log))).start()
        assert wait_until(listens(self.provider_address), 20)
        self.due = DueMessages(self.engine, processes.vault, name="Full Clinic")
        self.load = Load(self.due, size.of(_PEOPLE))

    def fill(self, copies: int) -> None:
        self.load.plan_far_ahead(copies)
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("set statement_timeout = 0"))
            connection.execute(sa.text("vacuum (analyze) reminders.outbound"))
            connection.execute(sa.text("checkpoint"))

    def pending(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(outbound)).scalar_one()

    def arrivals(self) -> list[tuple[int, float]]:
        """Attempt, and when the provider had it."""
        lines = self.log.read_bytes().splitlines() if self.log.exists() else []
        return [
            (int(attempt), float(at)) for attempt, _, at in (line.partition(b" ") for line in lines)
        ]

    @contextmanager
    def sending(self) -> Iterator[Seat]:
        """One dispatcher and one worker, and nothing else of ours."""
        settings = {"TWILIO_API_URL": f"http://{self.provider_address}", "DAILY_CAP": "0"}
        bell = self.processes.afterglow("dispatcher", "dispatcher").start()
        hand = self.processes.afterglow("worker", "worker", "--channel", "sms", **settings).start()
        try:
            wait_until(lambda: "ready" in hand.log.read_text(), 30)
            yield hand
        finally:
            for seat in (hand, bell):
                seat.end(seat.program.stop_signal)

    def lateness(self, clinic_id: int, since: int) -> list[float]:
        """Seconds from due to the provider, for attempts above an id; sorted."""
        when = dict(self.arrivals())
        statement = sa.text(
            "select a.id, o.due_at from reminders.delivery_attempt a join reminders.outbound o"
            " on o.clinic_id = a.clinic_id and o.id = a.outbound_id"
            " where a.clinic_id = :clinic and a.id > :since"
        )
        with self.engine.connect() as connection:
            rows = connection.execute(statement, {"clinic": clinic_id, "since": since}).all()
        return sorted(when[row.id] - row.due_at.timestamp() for row in rows if row.id in when)

    def newest_attempt(self) -> int:
        with self.engine.connect() as connection:
            statement = sa.text("select coalesce(max(id), 0) from reminders.delivery_attempt")
            return int(connection.execute(statement).scalar_one())


def at(share: float, values: Sequence[float]) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def say(subject: str, value: str, goal: str = "") -> None:
    print(f"| {subject} | {value} | {goal} |", flush=True)


def measure_database(site: Site) -> None:
    """The probe of every tick, and a claim of 200, given back each time."""
    pending = site.pending()
    site.load.remind(8, due_in=timedelta(seconds=-1))
    probe = Due(site.engine)
    claims = Claims(site.engine, uuid4(), timedelta(seconds=60))
    probes = _times(100, probe.channels)
    spent: list[float] = []
    for _ in range(40):
        began = time.perf_counter()
        got = claims.claim(Channel.SMS, Priority.NORMAL, 200)
        spent.append((time.perf_counter() - began) * 1000)
        claims.give_back(got)
    claims_ms = sorted(spent)
    say(f"due probe, {pending:,} rows", _spread(probes), "≤ 1 ms")
    say(f"claim of 200, {pending:,} rows", _spread(claims_ms), "≤ 10 ms")
    with site.engine.begin() as connection:
        waiting = outbound.c.state == ReminderStatus.SCHEDULED
        connection.execute(sa.delete(outbound).where(outbound.c.step_key == "step-8", waiting))


def _spread(times: Sequence[float]) -> str:
    """Milliseconds; the best says what the work itself costs, however busy the machine."""
    return f"best {times[0]:.1f} ms, p50 {median(times):.1f} ms, p99 {at(0.99, times):.1f} ms"


def _times(count: int, act: Callable[[], object]) -> list[float]:
    spent = []
    for _ in range(count):
        began = time.perf_counter()
        act()
        spent.append((time.perf_counter() - began) * 1000)
    return sorted(spent)


def measure_lateness(site: Site) -> None:
    since = site.newest_attempt()
    count = min(len(site.load.people), _RATE * _SECONDS)
    with site.sending() as hand:
        site.load.remind(
            0, due_in=timedelta(seconds=4), over=timedelta(seconds=len(site.load.people) / _RATE)
        )
        before = hand.cpu_seconds()
        wait_until(lambda: len(site.arrivals()) >= count, 2.0 * _SECONDS)
        used = hand.cpu_seconds() - before
    waits = site.lateness(site.due.clinic_id, since)
    say(
        f"lateness, {_RATE} due/s, {len(waits):,} messages, {site.pending():,} rows",
        f"p50 {at(0.5, waits):.2f} s, p99 {at(0.99, waits):.2f} s, "
        f"CPU {1000 * used / max(1, len(waits)):.2f} ms each",
        "p99 < 1 s",
    )


def measure_drain(site: Site, rounds: int) -> None:
    """Everything is due at once: messages a second and CPU of one worker process."""
    for step in range(1, 1 + rounds):
        site.load.remind(step)
    total = rounds * len(site.load.people)
    already = len(site.arrivals())
    with site.sending() as hand:
        wait_until(lambda: len(site.arrivals()) > already + 200, 30)
        began, used, start = time.monotonic(), hand.cpu_seconds(), len(site.arrivals())
        early = hand.megabytes()
        wait_until(lambda: len(site.arrivals()) >= already + total, total / 100)
        seconds, count = time.monotonic() - began, len(site.arrivals()) - start
        cpu, late = 1000 * (hand.cpu_seconds() - used) / count, hand.megabytes()
    say(
        f"drain by one worker, {count:,} messages",
        f"{count / seconds:,.0f} messages/s",
        "≥ 1,000/s",
    )
    say("CPU of the worker a message", f"{cpu:.2f} ms", "≤ 0.5 ms")
    say(
        f"memory of the worker, after 200 and after {count:,}",
        f"{early:.0f} MB, {late:.0f} MB",
        "≤ 120 MB",
    )


def measure_fairness(site: Site) -> None:
    """A clinic with one message at a time beside one with 200,000 due."""
    big = Load(
        DueMessages(site.engine, site.processes.vault, name="Big Clinic"),
        site.size.of(20_000), first=2_000_000,
    )  # fmt: skip
    for step in range(10):
        big.remind(step)
    small = Load(
        DueMessages(site.engine, site.processes.vault, name="Small Clinic"), 20, first=3_000_000
    )
    since = site.newest_attempt()
    with site.sending():
        time.sleep(3)
        small.remind(0, due_in=timedelta(seconds=1), over=timedelta(seconds=20))
        time.sleep(25)
    waits = site.lateness(small.due.clinic_id, since)
    say(
        f"lateness of a small clinic beside one with {10 * len(big.people):,} due",
        f"p50 {at(0.5, waits):.2f} s, p95 {at(0.95, waits):.2f} s, {len(waits)} of 20 sent",
        "p95 ≤ 2 s",
    )


def heading(site: Site) -> None:
    with site.engine.connect() as connection:
        version = connection.execute(sa.text("show server_version")).scalar_one()
    print(
        f"\n{machine()}, PostgreSQL {version}, synchronous_commit on, all on one machine.\n\n"
        "| what | found | goal |\n|---|---|---|",
        flush=True,
    )


def main() -> int:
    use_locked_zones()
    parser = argparse.ArgumentParser(prog="make bench-delivery")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--rounds", type=int, default=7, help="how often 10,000 messages are drained, 7 at most"
    )
    parser.add_argument("--without-5m", action="store_true")
    arguments = parser.parse_args()
    with ProcessStack() as processes:
        site = Site(processes, Size(0.1 if arguments.quick else 1.0))
        heading(site)
        site.fill(100)
        measure_database(site)
        measure_lateness(site)
        measure_drain(site, arguments.rounds)
        measure_fairness(site)
        if not arguments.without_5m:
            site.fill(400)
            measure_database(site)
        site.engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
