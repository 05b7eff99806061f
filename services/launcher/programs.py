"""The processes of the product, in the order of their start. They stop in reverse order."""

import http.client
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import msgspec

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

Ready = Callable[[], bool]


def service_programs(
    environment: Mapping[str, str], client: ThreadedAskClient, *, with_sandbox: bool
) -> tuple[Program, ...]:
    """Return one process of each kind, with one worker for each channel."""

    def own(
        name: str, rank: int, *words: str, ready: Ready | None = None, stop_timeout: float = 5.0
    ) -> Program:
        return Program(
            name=name,
            argv=command(*words),
            env=environment,
            rank=rank,
            ready=ready,
            stop_timeout=stop_timeout,
        )

    def says_ok(setting: str, path: str) -> Ready:
        return lambda: _says_ok(Bind.parse(environment[setting]), path)

    content_answers = partial(answers, client, ListReleases(limit=1))
    reminders_answers = partial(answers, client, ListClinics())
    healthy, listed = says_ok("GATEWAY_BIND", "/healthz"), says_ok("SANDBOX_BIND", "/messages.json")
    listening = says_ok("MAIL_HEALTH_BIND", "/healthz")
    programs = (
        own("content", _SERVICES, "serve", "content", ready=content_answers),
        own("reminders", _SERVICES, "serve", "reminders", ready=reminders_answers),
        *(worker_program(channel, 1, environment) for channel in CHANNELS),
        own("dispatcher", _DISPATCHERS, "dispatcher", stop_timeout=3.0),
        own("gateway", _GATEWAYS, "serve", "gateway", ready=healthy, stop_timeout=9.0),
        own("mail", _GATEWAYS, "serve", "mail", ready=listening),
    )
    sandbox = own("sandbox", _SERVICES, "serve", "sandbox", ready=listed)
    return (*programs, sandbox) if with_sandbox else programs


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


def gateway_zone_data(environment: Mapping[str, str]) -> str | None:
    """Return the release of the tz database that the gateway uses; None without an answer."""
    status, body = _get(Bind.parse(environment["GATEWAY_BIND"]), "/readyz")
    return msgspec.json.decode(body, type=_Readiness).time_zones if status else None


def command(*words: str) -> tuple[str, ...]:
    """Build a call of our own command. -P ignores a folder `services` in the current folder."""
    return (sys.executable, "-P", "-m", "services.launcher", *words)


class _Readiness(msgspec.Struct, rename="camel"):
    time_zones: str | None = None


def _says_ok(bind: Bind, path: str) -> bool:
    status, _ = _get(bind, path)
    return status == http.HTTPStatus.OK


def _get(bind: Bind, path: str) -> tuple[int, bytes]:
    """Return the status and body of a page. The status is 0 without an answer."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind.host, bind.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, bind.port, timeout=2.0)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
