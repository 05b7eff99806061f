"""Connects to the running product, by the environment or by the record of the home."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from services.chassis.ask import (
    ThreadedAskClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from services.chassis.health import redis_check
from services.chassis.redis import open_redis
from services.chassis.settings import Settings, environment, load
from services.chassis.vault import Vault
from services.contracts.ask import Ask
from services.contracts.errors import Refusal
from services.contracts.reminders import ClinicRecord, ListClinics
from services.contracts.visible_text import visible_line
from services.launcher.faults import LauncherFault
from services.launcher.home import home_path, read_state

R = TypeVar("R")

_ANSWER_SECONDS: Final = 1.0
_WHERE = ("DATABASE_URL", "REDIS_URL", "DATA_KEYS")


def running_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Complete the environment with what `up` in the same AFTERGLOW_HOME gave its processes."""
    if all(environ.get(name) or environ.get(f"{name}_FILE") for name in _WHERE):
        return dict(environ)
    root = home_path(environ)
    state = read_state(root)
    if state is None or not state.environment:
        raise LauncherFault(
            f"Nothing runs from {root}. Start it by `afterglow up`, name the home that runs by "
            "AFTERGLOW_HOME, or set DATABASE_URL, REDIS_URL and the keys."
        )
    return state.environment | {name: value for name, value in environ.items() if value}


@contextmanager
def service_client(environ: Mapping[str, str]) -> Iterator[ThreadedAskClient]:
    """Yield a client of the services; raise LauncherFault when one of them does not answer."""
    settings = load(Settings, environ)
    client = ThreadedAskClient(
        settings.redis_url, Vault.from_settings(settings.data_keys, settings.index_keys)
    )
    try:
        yield client
    except (UpstreamTimeout, UpstreamUnavailable) as fault:
        raise LauncherFault(
            f"The service {fault.stream} does not answer."
            " Look whether it runs (`afterglow doctor`)."
        ) from None
    except UpstreamFailed as fault:
        raise LauncherFault(f"The service failed ({fault}); its log says why.") from None
    finally:
        client.close()


def answers(client: ThreadedAskClient, question: Ask[Any]) -> bool:
    """Whether the service that the question goes to answers within a second."""
    try:
        client.ask(question, timeout=_ANSWER_SECONDS)
    except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed):
        return False
    return True


def require_redis(url: str) -> None:
    """Raise LauncherFault unless Redis answers."""
    with open_redis(url) as client:
        if fault := redis_check(client)():
            raise LauncherFault(f"{fault}. Look at REDIS_URL and whether it runs.")


@contextmanager
def asking() -> Iterator[ThreadedAskClient]:
    """Yield a client of the services that run; raise LauncherFault as `service_client` does."""
    with service_client(running_environment(environment())) as client:
        yield client


def accepted(reply: R | Refusal) -> R:
    """Return the reply to a command. Raises LauncherFault if it was refused."""
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    return reply


def find_clinic(client: ThreadedAskClient, name: str) -> ClinicRecord:
    """Return the clinic with this name or number. Raises LauncherFault if there is none."""
    clinics = client.ask(ListClinics())
    for clinic in clinics:
        if name in (clinic.name, str(clinic.id)) or visible_line(name) == clinic.name:
            return clinic
    names = ", ".join(f"“{clinic.name}”" for clinic in clinics) or "none yet"
    raise LauncherFault(f"There is no clinic “{name}”. Clinics: {names}.")
