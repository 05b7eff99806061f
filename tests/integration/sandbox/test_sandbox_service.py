"""The sandbox as a process."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.carrier import CLINIC, SID, TOKEN

ROOT = Path(__file__).parents[3]
RUN = "import os, sys; from services.sandbox.service import main; sys.exit(main(dict(os.environ)))"
ENVIRON = {
    "SANDBOX_BIND": "127.0.0.1:0",
    "SANDBOX_SMTP_BIND": "127.0.0.1:0",
    "TWILIO_ACCOUNT_SID": SID,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "TWILIO_FROM": CLINIC,
}


def start(**environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-W", "error", "-c", RUN],
        cwd=ROOT,
        env=ENVIRON | environ,
        stderr=subprocess.PIPE,
        text=True,
    )


def listening_port(process: subprocess.Popen[str]) -> int:
    """The page's port, once both servers listen."""
    assert process.stderr
    first, _ = process.stderr.readline(), process.stderr.readline()
    return int(first.partition("port=")[2].split()[0])


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_stops_within_two_seconds_though_pages_are_open(ending: signal.Signals) -> None:
    with start() as process:
        try:
            with socket.create_connection(("127.0.0.1", listening_port(process))) as page:
                page.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert page.recv(100).startswith(b"HTTP/1.1 200")
                began = time.monotonic()
                process.send_signal(ending)
                assert process.wait(5) == 0
                assert time.monotonic() - began < 2
        finally:
            process.kill()


@pytest.mark.parametrize("setting", ["SANDBOX_BIND", "SANDBOX_SMTP_BIND"])
def test_says_plainly_that_a_port_is_taken(setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with start(**{setting: address}) as process:
            _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert said == (
        f"The sandbox cannot listen on {address}, another program does: stop that one, or set"
        f" {setting} to another address.\n"
    )


def test_says_plainly_that_an_address_is_not_ours() -> None:
    with start(SANDBOX_BIND="192.0.2.1:80") as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "set SANDBOX_BIND to an address of this machine" in said


def test_names_a_setting_that_is_missing() -> None:
    with start(TWILIO_FROM="") as process:
        _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert said.startswith("TWILIO_FROM is not set")
