"""The sandbox as a process."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.processes.sandbox_client import CLINIC, PHONE, SID, TOKEN, authorized

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


def set_faults(port: int, faults: dict[str, int]) -> None:
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("PUT", "/faults.json", body=json.dumps(faults))
        assert connection.getresponse().status == 200


@contextmanager
def text(port: int) -> Iterator[None]:
    """A text that has been taken, and waits for its answer."""
    connection = HTTPConnection("127.0.0.1", port)
    form = urlencode({"To": PHONE, "From": CLINIC, "Body": "Hello"})
    headers = authorized() | {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/2010-04-01/Accounts/{SID}/Messages.json"
    with closing(connection):
        connection.request("POST", path, body=form, headers=headers)
        with closing(HTTPConnection("127.0.0.1", port)) as watch:
            is_taken = False
            while not is_taken:
                watch.request("GET", "/messages.json")
                is_taken = watch.getresponse().read() != b"[]"
        yield


def listening_ports(process: subprocess.Popen[str]) -> tuple[int, int]:
    """The page's and SMTP's, once both servers listen."""
    assert process.stderr
    page, mail = (int(process.stderr.readline().partition("port=")[2].split()[0]) for _ in range(2))
    return page, mail


@contextmanager
def conversation(port: int, opening: bytes, answer: bytes) -> Iterator[None]:
    """A client that is in the middle of something."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(opening)
        assert client.recv(100).startswith(answer)
        yield


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_stops_within_two_seconds_though_clients_are_connected(ending: signal.Signals) -> None:
    with start() as process:
        page, mail = listening_ports(process)
        stream = b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try:
            with conversation(page, stream, b"HTTP/1.1 200"), conversation(mail, b"", b"220 "):
                began = time.monotonic()
                process.send_signal(ending)
                assert process.wait(5) == 0
                assert time.monotonic() - began < 8  # two seconds on a quiet machine
        finally:
            process.kill()


def test_stops_within_two_seconds_though_answers_are_delayed() -> None:
    with start() as process:
        page, _ = listening_ports(process)
        try:
            set_faults(page, {"delayMs": 60_000})
            with text(page):
                began = time.monotonic()
                process.terminate()
                assert process.wait(5) == 0
                assert time.monotonic() - began < 8  # two seconds on a quiet machine
        finally:
            process.kill()


@pytest.mark.parametrize("setting", ["SANDBOX_BIND", "SANDBOX_SMTP_BIND"])
def test_says_plainly_that_a_port_is_taken(setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        with start(**{setting: address}) as process:
            _, stderr = process.communicate(timeout=20)
    assert process.returncode == 1
    assert stderr == (
        f"The sandbox cannot listen on {address}, another program does: stop that one, or set"
        f" {setting} to another address.\n"
    )


def test_says_plainly_that_an_address_is_not_ours() -> None:
    with start(SANDBOX_BIND="192.0.2.1:80") as process:
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "set SANDBOX_BIND to an address of this machine" in stderr


def test_names_a_setting_that_is_missing() -> None:
    with start(TWILIO_FROM="") as process:
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 1
    assert stderr.startswith("TWILIO_FROM is not set")
