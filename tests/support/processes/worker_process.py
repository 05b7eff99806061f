"""The worker and the dispatcher as processes, as an operator runs them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_WORKER = (
    "import os; from services.reminders.worker import main;"
    "from services.contracts.catalog import Channel;"
    "raise SystemExit(main(Channel.SMS, os.environ))"
)
_DISPATCHER = (
    "import os; from services.reminders.dispatcher import main; raise SystemExit(main(os.environ))"
)


class Process:
    """Output goes to a file beside the home, to be read when a test fails."""

    def __init__(self, code: str, environ: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self._running = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-c", code],
                env={**os.environ, **environ},
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=Path(__file__).parents[3],
            )

    def kill(self) -> None:
        self._running.send_signal(signal.SIGKILL)
        self._running.wait(10)

    def stop(self) -> float:
        """SIGTERM; answers with the seconds it took to end."""
        started = time.monotonic()
        if self._running.poll() is None:
            self._running.send_signal(signal.SIGTERM)
        self._running.wait(15)
        return time.monotonic() - started


def worker(environ: Mapping[str, str], home: Path) -> Process:
    return Process(_WORKER, environ, home / "worker.log")


def dispatcher(environ: Mapping[str, str], home: Path) -> Process:
    return Process(_DISPATCHER, environ, home / "dispatcher.log")


@contextmanager
def stopping(*processes: Process) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.stop()
