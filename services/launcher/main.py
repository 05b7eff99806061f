"""The `afterglow` command."""

import importlib
from typing import Any, Final

import click

from services.chassis.settings import SettingsFault
from services.chassis.zone_data import use_locked_zones
from services.launcher.faults import LauncherFault

_COMMANDS: Final = {
    "up": "running",
    "serve": "running",
    "dispatcher": "running",
    "worker": "running",
    "migrate": "running",
    "catalog": "catalog",
    "overlays": "overlays",
    "replies": "replies",
    "clinics": "clinics",
    "senders": "senders",
    "keys": "keys",
    "reminders": "reminders",
    "enrollments": "enrollments",
    "patients": "patients",
    "suppressions": "patients",
    "clock": "clock",
    "doctor": "doctor",
}
"""The module of services.launcher.commands that holds each command."""


class Commands(click.Group):
    """Imports a command's module when it is called.

    Every process of the product starts here, and should load only what it needs.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"services.launcher.commands.{_COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Print faults as sentences, and exit with status 1."""
        try:
            return super().invoke(ctx)
        except (LauncherFault, SettingsFault) as fault:
            raise click.ClickException(str(fault)) from fault


@click.group(cls=Commands)
@click.version_option(package_name="afterglow")
def cli() -> None:
    """Afterglow: the backend behind aesthetic clinics' web sites and apps.

    Start everything on this machine with `afterglow up`.
    """
    use_locked_zones()
