"""Commands that run the product, or one process of it."""

import importlib
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Final

import click

from services.chassis.settings import Settings, environment, load
from services.contracts.catalog import Channel
from services.launcher.connection import running_environment
from services.launcher.database import migrate_all, require_database
from services.launcher.output import Output
from services.launcher.programs import CHANNELS, worker_program
from services.launcher.supervisor import Supervisor
from services.launcher.up import up as run_everything

_SERVICES: Final = {
    "gateway": "services.gateway.serve",
    "mail": "services.gateway.mail_serve",
    "content": "services.content.service",
    "reminders": "services.reminders.service",
    "sandbox": "services.sandbox.service",
}


@click.command()
def up() -> None:
    """Run everything on this machine, until Ctrl-C. The data stays."""
    run_everything(environment())


@click.command()
@click.argument("name", type=click.Choice(list(_SERVICES)))
@click.pass_context
def serve(ctx: click.Context, name: str) -> None:
    """Run one service in the foreground."""
    environ = environment()
    if name != "sandbox":  # which needs no database
        environ = running_environment(environ)
    ctx.exit(_main_of(_SERVICES[name])(environ))


@click.command()
@click.pass_context
def dispatcher(ctx: click.Context) -> None:
    """Run a dispatcher, which wakes workers when messages are due. Any number may run."""
    environ = running_environment(environment())
    ctx.exit(_main_of("services.reminders.dispatcher")(environ))


@click.command()
@click.option("--channel", type=click.Choice(CHANNELS), required=True, help="What to deliver.")
@click.option("--processes", type=click.IntRange(1, 64), default=1, show_default=True)
@click.pass_context
def worker(ctx: click.Context, channel: str, processes: int) -> None:
    """Run workers that deliver a channel's messages. Any number may run, on any host."""
    environ = running_environment(environment())
    if processes == 1:
        module = importlib.import_module("services.reminders.worker")
        ctx.exit(module.main(Channel(channel.upper()), environ))
    _supervise(channel, processes, environ)


@click.command()
def migrate() -> None:
    """Upgrade the database's schemas. Safe to repeat."""
    settings = load(Settings, running_environment(environment()))
    require_database(settings.database_url)
    migrate_all(settings.database_url, report=click.echo)


def _main_of(module: str) -> Callable[[Mapping[str, str]], int]:
    """Import the entry point here, so that each process loads only its own code."""
    main: Callable[[Mapping[str, str]], int] = importlib.import_module(module).main
    return main


def _supervise(channel: str, processes: int, environ: Mapping[str, str]) -> None:
    supervisor = Supervisor(Output.on_terminal())
    stop_requested = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(
            number,
            lambda *_: supervisor.hurry() if stop_requested.is_set() else stop_requested.set(),
        )
    try:
        supervisor.start(worker_program(channel, n, environ) for n in range(1, processes + 1))
        stop_requested.wait()
    finally:
        supervisor.stop()
