"""Starts programs in order, keeps them running, and stops them in reverse order.

It also ends the processes that a killed launcher left running.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from services.launcher.child import HURRY, Child, Program
from services.launcher.home import ChildRecord
from services.launcher.output import Output
from services.launcher.processes import group_ends, is_alive, signal_group

_RESERVE = 2.0  # seconds of the stop time reserved for each remaining rank


class Supervisor:
    """`on_change` gets all running processes whenever one starts."""

    def __init__(
        self, output: Output, on_change: Callable[[Sequence[ChildRecord]], None] = lambda _: None
    ) -> None:
        self._output = output
        self._on_change = on_change
        self._children: dict[str, Child] = {}
        self._recording = threading.Lock()
        self._hurrying = threading.Event()

    def start(self, programs: Iterable[Program], *, timeout: float = 30.0) -> None:
        """Start rank by rank. Raises LauncherFault if a program does not become ready."""
        by_rank = groupby(sorted(programs, key=attrgetter("rank")), key=attrgetter("rank"))
        for _, rank in by_rank:
            children = [Child(program, self._output, self._record) for program in rank]
            self._children |= {child.program.name: child for child in children}
            for child in children:
                child.start()
            for child in children:
                child.wait_ready(timeout)

    def running(self) -> tuple[ChildRecord, ...]:
        pairs = ((child.program, child.identity) for child in tuple(self._children.values()))
        return tuple(
            ChildRecord(
                name=program.name,
                identity=identity,
                rank=program.rank,
                stop_signal=int(program.stop_signal),
                stop_timeout=program.stop_timeout,
            )
            for program, identity in pairs
            if identity
        )

    def hurry(self) -> None:
        """Shorten a stop that is in progress."""
        self._hurrying.set()

    def stop(self, *, within: float = 20.0) -> None:
        """Stop everything, highest rank first. A program that takes too long is killed."""
        end = time.monotonic() + within
        order = sorted(self._children.values(), key=lambda child: -child.program.rank)
        ranks = [list(group) for _, group in groupby(order, key=lambda child: child.program.rank)]
        for later, rank in zip(range(len(ranks) - 1, -1, -1), ranks, strict=True):
            latest = end - later * _RESERVE
            stops = [threading.Thread(target=self._stop, args=(child, latest)) for child in rank]
            for thread in stops:
                thread.start()
            for thread in stops:
                thread.join()
        self._children.clear()
        self._record()

    def _stop(self, child: Child, latest: float) -> None:
        own = time.monotonic() + child.program.stop_timeout
        child.stop(min(own, max(latest, time.monotonic() + HURRY)), self._hurrying)

    def _record(self) -> None:
        with self._recording:
            self._on_change(self.running())


def end_orphans(children: Iterable[ChildRecord]) -> tuple[str, ...]:
    """End the recorded processes that still run, in stop order. Returns their names.

    A different process with the id of one of them is left alone.
    """
    alive = [child for child in children if is_alive(child.identity)]
    alive.sort(key=lambda child: -child.rank)
    for _, rank in groupby(alive, key=attrgetter("rank")):
        _end(list(rank))
    return tuple(child.name for child in alive)


def _end(children: list[ChildRecord]) -> None:
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child.identity.pid, child.stop_signal)
    for child in children:
        group = child.identity.pid  # each leads its own session, and so its own group
        if not group_ends(group, child.stop_timeout):
            signal_group(group, signal.SIGKILL)
            group_ends(group, 2.0)
