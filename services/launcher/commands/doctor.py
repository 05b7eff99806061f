from collections.abc import Callable, Iterator, Mapping

import click

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import Settings, environment, load
from services.chassis.vault import Vault
from services.chassis.zone_data import zone_data_version
from services.contracts.content import ListReleases
from services.contracts.gateway import ListKeys
from services.contracts.operations import ShowZoneData
from services.contracts.reminders import ListClinics
from services.launcher.connection import (
    answers,
    require_redis,
    running_environment,
    service_client,
)
from services.launcher.database import require_database
from services.launcher.faults import LauncherFault
from services.launcher.name_cost import is_costly, name_cost
from services.launcher.programs import gateway_is_ready, gateway_zone_data

_SHORTEST_SECRET = 32


@click.command()
def doctor() -> None:
    """Check settings, database, Redis and services, and say how to fix what is wrong."""
    environ = running_environment(environment())
    settings = load(Settings, environ)
    wrong = 0
    for subject, advice in _findings(settings, environ):
        wrong += advice is not None
        click.echo(f"{'ok   ' if advice is None else 'WRONG'} {subject}{advice or ''}")
    for note in _notes(environ):
        click.echo(f"note  {note}")
    if wrong:
        raise LauncherFault(f"{wrong} of the above need seeing to.")


def _findings(settings: Settings, environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    """Yield what was checked, with advice, or None if it is well."""
    yield "settings", _key_fault(settings)
    yield "database", _advice(lambda: require_database(settings.database_url))
    redis_fault = _advice(lambda: require_redis(settings.redis_url))
    yield "redis", redis_fault
    if redis_fault is None:
        yield from _service_faults(environ)


def _notes(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what works and costs more than it need."""
    settings = load(Settings, environ)
    if _advice(lambda: require_redis(settings.redis_url)) is not None:
        return
    with service_client(environ) as client:
        if answers(client, ListClinics()):
            for clinic in filter(is_costly, client.ask(ListClinics())):
                yield f"texts of “{clinic.name}”: {name_cost(client, clinic)}."


def _key_fault(settings: Settings) -> str | None:
    try:
        Vault.from_settings(settings.data_keys, settings.index_keys)
    except ValueError as fault:
        return f": {fault}."
    if len(settings.secret_key) < _SHORTEST_SECRET:
        return f": SECRET_KEY is short; give it {_SHORTEST_SECRET} characters or more."
    return None


def _advice(check: Callable[[], None]) -> str | None:
    try:
        check()
    except LauncherFault as fault:
        return f": {fault}"
    return None


def _service_faults(environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    with service_client(environ) as client:
        checks: dict[str, Callable[[], bool]] = {
            "content": lambda: answers(client, ListReleases(limit=1)),
            "reminders": lambda: answers(client, ListClinics()),
            "gateway's asks": lambda: answers(client, ListKeys()),
            "gateway's port": lambda: gateway_is_ready(environ),
        }
        for name, check in checks.items():
            advice = ": does not answer. Start it, or look into its log."
            yield name, None if check() else advice
        yield f"time zones {zone_data_version()}", _zone_fault(client, environ)


def _zone_fault(client: ThreadedAskClient, environ: Mapping[str, str]) -> str | None:
    """Advise if a process that runs still has the data of before an update."""
    versions = {
        "reminders": client.ask(ShowZoneData()) if answers(client, ShowZoneData()) else None,
        "gateway": gateway_zone_data(environ),
    }
    for name, version in versions.items():
        if version not in (None, zone_data_version()):
            return (
                f": {name} still uses {version}. Restart every process, then run"
                " `afterglow reminders replan`."
            )
    return None
