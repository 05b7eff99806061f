"""One program, and the thread that keeps it running."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.launcher.faults import LauncherFault
from services.launcher.output import Output
from services.launcher.processes import Identity, end_group, identify, signal_group, wait_until

_FIRST_BACKOFF = 0.2  # s, doubled with each quick end …
_LONGEST_BACKOFF = 10.0  # … up to this
_SETTLED_AFTER = 30.0  # s; who ran as long begins at the first backoff again
_HOPELESS = 5  # quick ends in a row after which a person is told
_ORPHAN_PATIENCE = 2.0  # s for what a dead program leaves behind
HURRY = 1.0
"""Seconds a program is given to stop once somebody asked twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Something to keep running. Lower ranks start earlier and stop later.

    `ready` is polled from the starting thread. `user` is (uid, gid) to run as.
    `advice` is what a person can do when it does not stay up.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    rank: int
    ready: Callable[[], bool] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 5.0
    user: tuple[int, int] | None = None
    advice: str = ""


class Child:
    """`record` is called whenever the program has been started."""

    def __init__(self, program: Program, output: Output, record: Callable[[], None]) -> None:
        self.program = program
        self.identity: Identity | None = None
        self._output = output
        self._record = record
        self._process: subprocess.Popen[str] | None = None
        self._quick_ends = 0
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name=f"keep {program.name}", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def wait_ready(self, timeout: float) -> None:
        """Return once the program is ready; raise LauncherFault when it does not come up."""
        ready = self.program.ready or (lambda: self.identity is not None)
        wait_until(lambda: self._quick_ends >= 2 or ready(), timeout)  # noqa: PLR2004 - twice is no accident
        if not ready():
            raise LauncherFault(self._complaint("did not start"))

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def stop(self, latest: float, hurrying: threading.Event) -> None:
        with self._spawning:
            self._stopping.set()
        self.signal(self.program.stop_signal)
        while self._keeper.is_alive() and time.monotonic() < latest:
            if hurrying.is_set():
                latest = min(latest, time.monotonic() + HURRY)
                hurrying = threading.Event()  # shortened once, not again with every look
            self._keeper.join(0.05)
        if self._keeper.is_alive() and self.identity is not None:
            self._output.say(f"{self.program.name} did not stop in time and is killed.")
            signal_group(self.identity.pid, signal.SIGKILL)
        self._keeper.join(_ORPHAN_PATIENCE + HURRY)

    def _keep(self) -> None:
        backoff = _FIRST_BACKOFF
        while not self._stopping.is_set():
            began = time.monotonic()
            reason = self._run_once()
            if self._stopping.is_set():
                return
            settled = time.monotonic() - began >= _SETTLED_AFTER
            self._quick_ends = 1 if settled else self._quick_ends + 1
            backoff = _FIRST_BACKOFF if settled else backoff
            self._output.say(f"{self.program.name} {reason}; starting it again in {backoff:.1f} s.")
            if self._quick_ends == _HOPELESS:
                self._output.say(self._complaint("does not stay up"))
            self._stopping.wait(backoff)
            backoff = min(backoff * 2, _LONGEST_BACKOFF)

    def _run_once(self) -> str:
        try:
            process = self._spawn()
        except OSError as refused:
            return f"cannot be started ({refused.strerror})"
        if process is None:
            return "is stopping"
        self._record()
        reader = threading.Thread(target=self._read, args=(process,), daemon=True)
        reader.start()
        code = process.wait()
        end_group(process.pid, patience=_ORPHAN_PATIENCE)
        self.identity = None
        reader.join(_ORPHAN_PATIENCE)
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended ({code})"

    def _spawn(self) -> subprocess.Popen[str] | None:
        with self._spawning:
            if self._stopping.is_set():
                return None
            uid, gid = self.program.user or (None, None)
            self._process = subprocess.Popen(  # noqa: S603 - programs come from our own code
                self.program.argv, env=dict(self.program.env), user=uid, group=gid,
                extra_groups=None if uid is None else [], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="replace",
            )  # fmt: skip
            self.identity = identify(self._process.pid) or Identity(self._process.pid, "")
        return self._process

    def _read(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for line in lines:
                    self._output.line(self.program.name, line.rstrip("\n"))

    def _complaint(self, what: str) -> str:
        said = self._output.tail(self.program.name)
        words = f" It last said: {said[-1]}" if said else ""
        return f"{self.program.name} {what}.{words} {self.program.advice}".rstrip()
