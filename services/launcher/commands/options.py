"""Options that several commands share."""

import getpass

import click


def _or_login_name(_context: click.Context, _option: click.Parameter, name: str | None) -> str:
    return name or getpass.getuser()


actor_option = click.option(
    "--by",
    "actor",
    callback=_or_login_name,
    help="Who asks for it; by default your login name.",
)
reason_option = click.option("--reason", required=True, help="The reason, for the record.")
limit_option = click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
