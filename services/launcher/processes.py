"""Identifies processes reliably: a process id alone may be reused by another process."""

import os
import platform
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

_PROC = Path("/proc")
_POLL = 0.02  # seconds


class Identity(msgspec.Struct, frozen=True):
    """A process id with the start time of the process. No two processes share both."""

    pid: int
    started: str


class _Row(msgspec.Struct, frozen=True):
    pid: int
    group: int
    is_gone: bool  # ended, but not yet reaped
    started: str


def identify(pid: int) -> Identity | None:
    """Return the identity of the process with this id, or None if there is none."""
    row = _read(pid)
    return None if row is None or row.is_gone else Identity(pid, row.started)


def is_alive(identity: Identity) -> bool:
    return identify(identity.pid) == identity


def command_line(pid: int) -> tuple[str, ...]:
    """Return the arguments of a process. Empty if it is gone or may not be read."""
    if _has_proc():
        try:
            raw = (_PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return ()
        return tuple(os.fsdecode(part) for part in raw.rstrip(b"\0").split(b"\0"))
    return tuple(_ps("-o", "command=", "-p", str(pid)).split())


def group_members(group: int) -> tuple[int, ...]:
    """Return the living processes of a process group."""
    return tuple(row.pid for row in _rows() if row.group == group and not row.is_gone)


def signal_group(group: int, number: signal.Signals) -> None:
    """Signal a process group, if any process of it is left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return


def group_ends(group: int, timeout: float) -> bool:
    """Wait until no process of a group lives. Returns False after `timeout` seconds."""
    return wait_until(lambda: not group_members(group), timeout)


def end_group(group: int, *, patience: float) -> None:
    """End the rest of a group whose leader is gone. After `patience` seconds it is killed."""
    if not group_members(group):
        return
    signal_group(group, signal.SIGTERM)
    if not group_ends(group, patience):
        signal_group(group, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    """Poll until the condition holds. Returns False after `timeout` seconds."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(_POLL)
    return True


def _read(pid: int) -> _Row | None:
    if not _has_proc():
        return next((row for row in _rows() if row.pid == pid), None)
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # proc(5): the name in parentheses may contain any text; field 3 is after the last parenthesis
    fields = text[text.rindex(")") + 2 :].split()
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()  # start times count from it
    return _Row(pid, int(fields[2]), fields[0] in "ZX", f"{boot}:{fields[19]}")


def _rows() -> Iterator[_Row]:
    if _has_proc():
        pids = (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())
        yield from (row for row in map(_read, pids) if row is not None)
        return
    for line in _ps("-axo", "pid=,pgid=,stat=,lstart=").splitlines():
        pid, group, state, started = line.split(maxsplit=3)
        yield _Row(int(pid), int(group), state.startswith("Z"), started)


def _has_proc() -> bool:
    return platform.system() == "Linux"


def _ps(*args: str) -> str:
    command = ("/bin/ps", *args)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - fixed program, our own arguments
