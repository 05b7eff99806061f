"""The gateway as a process of its own, on a free port of the loopback."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from services.launcher.ports import keep_or_choose

TOKEN = "the-providers-token"
PUBLIC_URL = "https://clinic.example"

_MAIN = "import os, sys; from services.gateway.serve import main; sys.exit(main(os.environ))"


@dataclass(frozen=True)
class HttpReply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class GatewayProcess:
    process: "subprocess.Popen[str]"
    port: int

    def call(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> HttpReply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return HttpReply(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def ask(self, query: str, key: str | None = None) -> HttpReply:
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        return self.call("POST", "/graphql", json.dumps({"query": query}).encode(), headers)

    def kill(self) -> None:
        """As a power cut would: the processes have no time for anything."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(15)


def environment(
    postgres_url: str, redis_url: str, data_keys: str, index_keys: str
) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": postgres_url,
        "REDIS_URL": redis_url,
        "DATA_KEYS": data_keys,
        "INDEX_KEYS": index_keys,
        "SECRET_KEY": "s" * 32,
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "GATEWAY_PROCESSES": "1",
    }


def launch(environ: Mapping[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", _MAIN],
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def running(environ: Mapping[str, str]) -> Iterator[GatewayProcess]:
    """A gateway that answers; ended afterwards, if the test has not done it."""
    port = keep_or_choose(None)
    process = launch({**environ, "GATEWAY_BIND": f"127.0.0.1:{port}"})
    gateway = GatewayProcess(process, port)
    try:
        _wait_until_alive(gateway)
        yield gateway
    finally:
        if process.poll() is None:
            gateway.kill()
        assert process.stderr is not None
        process.stderr.close()


def _wait_until_alive(gateway: GatewayProcess) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert gateway.process.poll() is None, gateway.process.communicate()[1]
        try:
            if gateway.call("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the gateway did not begin to answer")
