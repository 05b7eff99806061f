"""`make bench-replies`: how long a reply takes to read, and what the rules cost in memory.

Prints a table in Markdown; the last results are kept in bench/RESULTS.md. One process; CPU time, so
that a busy machine counts little.
"""

import csv
import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from services.content.source.reader import shipped_files
from services.launcher.reply_questions import read_reply_catalog

_TEXTS = Path("tests/data/replies/development.csv")
_ROUNDS = 200
_LONG = 1_600
_SHORT = 160


def milliseconds(act: Callable[[], object], rounds: int = _ROUNDS) -> float:
    """The median CPU time of a call."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        act()
        times.append((time.process_time() - start) * 1_000)
    return median(times)


def main() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    catalog = read_reply_catalog(shipped_files())
    question = catalog.question().question
    catalog.reader.read("warm", question.options)
    load = time.process_time() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1_024
    with _TEXTS.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    story = " ".join(text for text in texts if len(text) > _SHORT // 2)

    def read(text: str) -> Callable[[], object]:
        return lambda: catalog.reader.read(text, question.options)

    print("| reading | |")
    print("|---|---|")
    print(f"| 160 characters | {milliseconds(read(story[:_SHORT])):.2f} ms |")
    print(f"| 1,600 characters | {milliseconds(read(story[:_LONG])):.2f} ms |")
    start = time.process_time()
    for text in texts:
        catalog.reader.read(text, question.options)
    mean = (time.process_time() - start) * 1_000 / len(texts)
    print(f"| a labeled text, mean of {len(texts):,} | {mean:.2f} ms |")
    print(f"| checking and compiling the catalog with its rules | {load:.1f} s, {grown:.0f} MB |")


if __name__ == "__main__":
    main()
