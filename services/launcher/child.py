"""Runs one program, and starts it again when it ends."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.launcher.faults import LauncherFault
from services.launcher.output import Output
from services.launcher.processes import Identity, end_group, identify, signal_group, wait_until

_FIRST_BACKOFF = 0.2  # seconds, doubled after each quick end
_LONGEST_BACKOFF = 10.0  # seconds, the most
_SETTLED_AFTER = 30.0  # seconds; after such a run the backoff starts again
_HOPELESS = 5  # quick ends in a row, after which the operator is told
_ORPHAN_PATIENCE = 2.0  # seconds for the processes of a dead program
HURRY = 1.0
"""Seconds that a program gets to stop after a second request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program to keep running. Lower ranks start earlier and stop later.

    The starting thread polls `ready`. `user` is the uid and gid to run as. `advice` tells the
    operator what to do if it does not stay up.
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
    """Calls `record` after each start of the program."""

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
        """Wait until the program is ready. Raises LauncherFault if it does not become ready."""
        ready = self.program.ready or (lambda: self.identity is not None)
        wait_until(lambda: self._quick_ends >= 2 or ready(), timeout)  # noqa: PLR2004 - the first may be an accident
        if not ready():
            raise LauncherFault(self._complaint("did not start"))

    def stop(self, latest: float, hurrying: threading.Event) -> None:
        with self._spawning:
            self._stopping.set()
        if self._process is not None:
            self._process.send_signal(self.program.stop_signal)
        while self._keeper.is_alive() and time.monotonic() < latest:
            if hurrying.is_set():
                latest = min(latest, time.monotonic() + HURRY)
                hurrying = threading.Event()  # so that the time is shortened only once
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
                self.program.argv,
                env=dict(self.program.env),
                user=uid,
                group=gid,
                extra_groups=None if uid is None else [],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            self.identity = identify(self._process.pid) or Identity(self._process.pid, "")
        return self._process

    def _read(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is not None:
            with process.stdout as lines:
                for line in lines:
                    self._output.line(self.program.name, line.rstrip("\n"))

    def _complaint(self, failure: str) -> str:
        lines = self._output.tail(self.program.name)
        last = f" It last said: {lines[-1]}" if lines else ""
        return f"{self.program.name} {failure}.{last} {self.program.advice}".rstrip()
