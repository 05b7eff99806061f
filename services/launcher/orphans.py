"""Ends the processes that a killed launcher left running."""

import os
import signal
from collections.abc import Iterable
from itertools import groupby

from services.launcher.home import ChildRecord
from services.launcher.processes import group_members, is_alive, signal_group, wait_until


def end_orphans(children: Iterable[ChildRecord]) -> tuple[str, ...]:
    """End the recorded processes that still run, in stop order. Returns their names.

    A different process with the id of one of them is left alone.
    """
    alive = [child for child in children if is_alive(child.identity)]
    alive.sort(key=lambda child: -child.rank)
    for _, rank in groupby(alive, key=lambda child: child.rank):
        _end(list(rank))
    return tuple(child.name for child in alive)


def _end(children: list[ChildRecord]) -> None:
    for child in children:
        _signal(child)
    for child in children:
        group = child.identity.pid  # each leads its own session, and so its own group
        if not wait_until(lambda group=group: not group_members(group), child.stop_timeout):  # type: ignore[misc]  # a default binds the loop's value
            signal_group(group, signal.SIGKILL)
            wait_until(lambda group=group: not group_members(group), 2.0)  # type: ignore[misc]  # as above


def _signal(child: ChildRecord) -> None:
    try:
        os.kill(child.identity.pid, child.stop_signal)
    except ProcessLookupError:
        return
