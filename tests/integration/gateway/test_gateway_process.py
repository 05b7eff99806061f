import base64
import socket
import time
from collections.abc import Iterator

import pytest

from services.launcher.ports import keep_or_choose
from tests.support.processes.gateway_process import GatewayProcess, environment, launch, running

_HEALTH = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def lonely() -> Iterator[GatewayProcess]:
    """A gateway that finds neither PostgreSQL nor Redis."""
    nowhere = f"127.0.0.1:{keep_or_choose(None)}"
    key = "k1:" + base64.b64encode(b"k" * 32).decode()
    with running(
        environment(f"postgresql://x:y@{nowhere}/z", f"redis://{nowhere}/0", key, key)
    ) as gateway:
        yield gateway


def test_is_alive_before_it_is_ready(gateway_environment: dict[str, str]) -> None:
    with running(gateway_environment) as gateway:
        assert gateway.call("GET", "/healthz").json == {"status": "alive"}
        ready = gateway.call("GET", "/readyz")
    assert (ready.status, list(ready.json["reasons"])) == (503, ["catalog"])


def test_says_what_is_away(lonely: GatewayProcess) -> None:
    ready = lonely.call("GET", "/readyz")
    assert (ready.status, set(ready.json["reasons"])) == (503, {"database", "redis", "catalog"})


def test_answers_what_needs_nobody_else(lonely: GatewayProcess) -> None:
    assert lonely.ask("{ __typename }").json == {"data": {"__typename": "Query"}}


def test_says_that_keys_cannot_be_checked(lonely: GatewayProcess) -> None:
    assert lonely.ask("{ __typename }", "ag_test_" + "x" * 43).status == 503


def test_stops_when_told_though_a_connection_is_idle(
    gateway_environment: dict[str, str],
) -> None:
    with running(gateway_environment) as gateway, _half_sent(gateway, _HEALTH) as idle:
        assert idle.recv(12) == b"HTTP/1.1 200"
        began = time.monotonic()
        assert gateway.stop() == 0
    assert time.monotonic() - began < 20


def test_says_plainly_that_its_port_is_taken(gateway_environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        process = launch({**gateway_environment, "GATEWAY_BIND": bind})
        _, stderr = process.communicate(timeout=30)
    assert process.returncode == 1
    assert stderr == (
        f"The gateway cannot listen on {bind} (Address already in use):"
        " stop what is there, or set GATEWAY_BIND to another host:port.\n"
    )


def test_does_not_share_its_port_with_another_gateway(
    lonely: GatewayProcess, gateway_environment: dict[str, str]
) -> None:
    process = launch({**gateway_environment, "GATEWAY_BIND": f"127.0.0.1:{lonely.port}"})
    process.communicate(timeout=30)
    assert process.returncode == 1


def test_names_every_setting_that_is_wrong(gateway_environment: dict[str, str]) -> None:
    process = launch({**gateway_environment, "GATEWAY_BIND": "8000", "SECRET_KEY": ""})
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "GATEWAY_BIND is not usable: write it as host:port" in stderr
    assert "SECRET_KEY is not set" in stderr


def test_says_how_keys_are_written(gateway_environment: dict[str, str]) -> None:
    process = launch({**gateway_environment, "DATA_KEYS": "k1:nonsense"})
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (
        2,
        "DATA_KEYS: write each key as id:base64 of 32 bytes\n",
    )


@pytest.mark.parametrize("path", ["/graphql", "/webhooks/sms/twilio/status"])
def test_half_a_body_holds_nobody_up(lonely: GatewayProcess, path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    halves = [_half_sent(lonely, f"{head}Content-Length: 99\r\n\r\n{{") for _ in range(20)]
    assert lonely.call("GET", "/healthz").status == 200
    response = halves[0].recv(4096)
    for half in halves:
        half.close()
    assert response.startswith(b"HTTP/1.1 408")


def test_refuses_a_body_that_is_too_large(lonely: GatewayProcess) -> None:
    reply = lonely.call("POST", "/graphql", b" " * 300_000, {"Content-Type": "application/json"})
    assert reply.status == 413
    assert reply.json["errors"][0]["extensions"]["code"] == "PAYLOAD_TOO_LARGE"


def test_reads_no_request_that_hides_in_another(lonely: GatewayProcess) -> None:
    smuggled = (
        "POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    )
    with _half_sent(lonely, smuggled) as connection:
        response = b"".join(iter(lambda: connection.recv(4096), b""))
    assert response.startswith(b"HTTP/1.1 400")
    assert b"alive" not in response


def _half_sent(gateway: GatewayProcess, text: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
    connection.sendall(text.encode())
    return connection
