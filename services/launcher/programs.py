"""The processes of the product, in the order of their start. They stop in reverse order."""

import http.client
import sys
from collections.abc import Mapping
from typing import Final

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import Bind
from services.contracts.content import ListReleases
from services.contracts.reminders import ListClinics
from services.launcher.child import Program
from services.launcher.connection import answers

POSTGRES_RANK: Final = 0
VALKEY_RANK: Final = 1
_SERVICES, _WORKERS, _DISPATCHERS, _GATEWAYS = 2, 3, 4, 5

CHANNELS: Final = ("sms", "email")


def service_programs(
    environment: Mapping[str, str], client: ThreadedAskClient, *, with_sandbox: bool
) -> tuple[Program, ...]:
    """Return one process of each kind, with one worker for each channel."""
    programs = [
        Program(
            name="content",
            argv=command("serve", "content"),
            env=environment,
            rank=_SERVICES,
            ready=lambda: answers(client, ListReleases(limit=1)),
        ),
        Program(
            name="reminders",
            argv=command("serve", "reminders"),
            env=environment,
            rank=_SERVICES,
            ready=lambda: answers(client, ListClinics()),
        ),
        *(worker_program(channel, 1, environment) for channel in CHANNELS),
        Program(
            name="dispatcher",
            argv=command("dispatcher"),
            env=environment,
            rank=_DISPATCHERS,
            stop_timeout=3.0,
        ),
        Program(
            name="gateway",
            argv=command("serve", "gateway"),
            env=environment,
            rank=_GATEWAYS,
            ready=lambda: _says_ok(Bind.parse(environment["GATEWAY_BIND"]), "/healthz"),
            stop_timeout=9.0,
        ),
    ]
    if with_sandbox:
        programs.append(_sandbox(environment))
    return tuple(programs)


def worker_program(channel: str, number: int, environment: Mapping[str, str]) -> Program:
    name = f"worker-{channel}" if number == 1 else f"worker-{channel}-{number}"
    return Program(
        name=name,
        argv=command("worker", "--channel", channel),
        env=environment,
        rank=_WORKERS,
        stop_timeout=13.0,  # a running send may take 10 s and must not be cut off
    )


def gateway_is_ready(environment: Mapping[str, str]) -> bool:
    """Whether the gateway has everything that it needs, with the catalog."""
    return _says_ok(Bind.parse(environment["GATEWAY_BIND"]), "/readyz")


def command(*words: str) -> tuple[str, ...]:
    """Build a call of our own command. -P ignores a folder `services` in the current folder."""
    return (sys.executable, "-P", "-m", "services.launcher", *words)


def _sandbox(environment: Mapping[str, str]) -> Program:
    return Program(
        name="sandbox",
        argv=command("serve", "sandbox"),
        env=environment,
        rank=_SERVICES,
        ready=lambda: _says_ok(Bind.parse(environment["SANDBOX_BIND"]), "/messages.json"),
    )


def _says_ok(bind: Bind, path: str) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind.host, bind.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, bind.port, timeout=2.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
