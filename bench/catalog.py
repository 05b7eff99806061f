"""`make bench-catalog`: checking, loading, searching and switching the catalog, and ten of them.

Prints a table in Markdown; the last results are kept in bench/RESULTS.md.
"""

import argparse
import gc
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from msgspec.structs import replace

from bench.big_catalog import big_catalog
from bench.machine import machine
from services.chassis.redis import open_redis
from services.content.usecases.check_catalog import Checked, build_release, check
from services.contracts.catalog import Release
from services.contracts.catalog_wire import (
    RELEASE_KEY,
    VERSION_KEY,
    decode_release,
    encode_release,
)
from services.gateway.snapshot.snapshot import Snapshot
from services.launcher.processes import wait_until
from tests.support.content.catalog import CHECKED_ON
from tests.support.processes.process_stack import ProcessStack, listens

_PUBLISHED_AT = datetime(2026, 12, 1, tzinfo=UTC)
_RUNS = 7
_SWITCHES = 6
_READERS = 2
_QUERIES = (
    *("microneedling", "microneeding", "mikroneedling", "derma", "lazer", "acne scars", "PRP"),
    *("collagen induction therapy", "what helps acne scars", "superficial peel", "sunscreen"),
    *("numbing cream", "non ablative laser", "cold sore", "xyzzy", "redness after a laser"),
)
_READING = (
    "{ catalogRelease { version }"
    " procedures(first: 50) { nodes { slug summary release { version } } } }"
)


def say(subject: str, value: str, goal: str = "") -> None:
    print(f"| {subject} | {value} | {goal} |", flush=True)


def milliseconds(act: Callable[[], object], runs: int = _RUNS) -> list[float]:
    spent = []
    for _ in range(runs):
        began = time.perf_counter()
        act()
        spent.append(1000 * (time.perf_counter() - began))
    return sorted(spent)


def checked(files: dict[str, str]) -> Checked:
    result = check(files, today=CHECKED_ON)
    assert isinstance(result, Checked), result
    return result


def measure_checking(files: dict[str, str]) -> Checked:
    began = time.process_time()
    pages = checked(files)
    cold = time.process_time() - began  # texts that were looked at before are quicker
    count = sum(len(c.procedures) + len(c.concerns) + len(c.plans) for c in pages.catalogs.values())
    say(f"checking {len(files)} files, {count} pages", f"{cold:.2f} s of CPU", "< 2 s")
    return pages


def measure_loading(release: Release) -> None:
    encoded = encode_release(release)
    spent = milliseconds(lambda: Snapshot(decode_release(encoded)))
    kept = subprocess.run(
        [sys.executable, "-m", "bench.catalog", "--weigh"],
        input=encoded, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    say(
        f"loading a release of {len(encoded) / 1e6:.1f} MB into a gateway",
        f"{median(spent):.0f} ms, {kept} MB",
        "< 300 ms, < 20 MB",
    )


def weigh() -> None:
    """Megabytes that a process grows by when it holds the release given on standard input."""
    encoded = sys.stdin.buffer.read()
    gc.collect()
    before = _resident()
    snapshot = Snapshot(decode_release(encoded))
    gc.collect()
    sys.stdout.write(f"{_resident() - before:.0f}")
    del snapshot


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def measure_searching(release: Release) -> None:
    edition = Snapshot(release).edition()
    spent = sorted(
        millisecond
        for query in _QUERIES
        for millisecond in milliseconds(lambda query=query: edition.search(query, 10), 20)  # type: ignore[misc]  # mypy cannot type a bound default
    )
    say(
        f"search, {len(_QUERIES)} queries",
        f"p50 {median(spent):.2f} ms, p95 {spent[int(len(spent) * 0.95)]:.2f} ms",
        "p95 < 5 ms",
    )


class Reader(threading.Thread):
    """Asks over and over, on one connection."""

    def __init__(self, bind: str) -> None:
        super().__init__(daemon=True)
        self.bind = bind
        self.seen: list[tuple[float, float]] = []  # when it was answered, and after how many ms
        self.versions: set[str] = set()
        self.mixed = 0
        self.is_over = False

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.bind, timeout=30)
        body = json.dumps({"query": _READING})
        while not self.is_over:
            began = time.perf_counter()
            connection.request("POST", "/graphql", body, {"content-type": "application/json"})
            data = json.loads(connection.getresponse().read())["data"]
            self.seen.append((time.monotonic(), 1000 * (time.perf_counter() - began)))
            versions = {n["release"]["version"] for n in data["procedures"]["nodes"]}
            versions.add(data["catalogRelease"]["version"])
            self.mixed += len(versions) > 1
            self.versions |= versions
            time.sleep(0.005)
        connection.close()


def measure_switching(release: Release) -> None:
    """Two releases in turn, while readers ask.

    They are put where the content service puts them, and it does not run: what it takes to check
    them would show as well. A gateway sees a switch within a second.
    """
    other = replace(release, info=replace(release.info, version="another"))
    encoded = [(edition.info.version, encode_release(edition)) for edition in (release, other)]
    with ProcessStack() as processes:
        client = open_redis(processes.redis_url)

        def publish(number: int) -> None:
            version, payload = encoded[number % 2]
            client.mset({VERSION_KEY: version, RELEASE_KEY: payload})

        publish(0)
        gateway = processes.afterglow("gateway", "serve", "gateway").start()
        assert wait_until(listens(processes.gateway), 30)
        time.sleep(3)
        readers = [Reader(processes.gateway) for _ in range(_READERS)]
        for reader in readers:
            reader.start()
        time.sleep(5)
        quiet_until = time.monotonic()
        for number in range(_SWITCHES):
            publish(number + 1)
            time.sleep(2.5)
        for reader in readers:
            reader.is_over = True
            reader.join()
        client.close()
        assert gateway.is_running
    seen = [each for reader in readers for each in reader.seen]
    calm = [spent for at, spent in seen if at < quiet_until]
    busy = [spent for at, spent in seen if at >= quiet_until]
    mixed = sum(reader.mixed for reader in readers)
    versions = len(set().union(*(reader.versions for reader in readers)))
    say(
        f"slowest response during {_SWITCHES} switches, {len(busy)} responses, {versions} releases",
        f"{max(busy):.0f} ms ({mixed} mixed); without switches {max(calm):.0f} ms",
        "< 100 ms, none mixed",
    )


def measure(times: int) -> None:
    files = big_catalog(times)
    print(f"\n{'The shipped catalog' if times == 1 else f'{times} times as large'}:\n")
    print("| what | found | goal |\n|---|---|---|", flush=True)
    pages = measure_checking(files)
    release = build_release(pages, _PUBLISHED_AT)
    measure_loading(release)
    measure_searching(release)
    measure_switching(release)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-catalog")
    parser.add_argument("--weigh", action="store_true", help=argparse.SUPPRESS)
    if parser.parse_args().weigh:
        weigh()
        return 0
    print(machine())
    for times in (1, 10):
        measure(times)
    return 0


if __name__ == "__main__":
    sys.exit(main())
