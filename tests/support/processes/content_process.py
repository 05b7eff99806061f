"""The content service as a process of its own."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

_SERVE = "import os, sys; from services.content.service import main; sys.exit(main(os.environ))"
COMMAND = [sys.executable, "-c", _SERVE]


@contextmanager
def content_running(environ: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Started, and perhaps not yet answering; ended afterwards, if the test has not done it."""
    with subprocess.Popen(  # noqa: S603 - our own interpreter and code
        COMMAND, env=dict(environ), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
