import re
from datetime import datetime, timedelta
from typing import Annotated

import click
import msgspec

from services.contracts.operations import AdvanceClock, ClockRecord, ShowClock
from services.launcher.connection import accepted, asking
from services.launcher.faults import LauncherFault

_SHORT = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@click.group()
def clock() -> None:
    """Show the product's clock, and move it in development."""


@clock.command()
def show() -> None:
    """Show product time, real time, and how fast product time runs."""
    with asking() as client:
        _echo(client.ask(ShowClock()))


@clock.command("advance", context_settings={"ignore_unknown_options": True})
@click.argument("step", metavar="DURATION|INSTANT")
def advance(step: str) -> None:
    """Move product time forward, by P1D, PT24H, 24h, 3d … or to 2026-03-01T15:00:00Z.

    Development only. The clock never goes back. Reminders that are no longer useful then expire
    instead of being sent late. To see each of them arrive, go from one due time to the next.
    """
    with asking() as client:
        wanted = parse_step(step, client.ask(ShowClock()).product)
        moved = accepted(client.ask(AdvanceClock(seconds=wanted.total_seconds())))
    _echo(moved)


def parse_step(text: str, now: datetime) -> timedelta:
    """Parse a duration, or an instant with offset into the time until then."""
    try:
        instant = msgspec.convert(text.strip().upper(), Annotated[datetime, msgspec.Meta(tz=True)])
    except msgspec.ValidationError:
        return parse_duration(text)
    return _forward(instant - now)


def parse_duration(text: str) -> timedelta:
    """Parse ISO 8601 (weeks, days and smaller) or a number with s, m, h, d or w."""
    if short := _SHORT.fullmatch(text.strip().lower()):
        return timedelta(**{_UNITS[short[2]]: int(short[1])})
    if weeks := re.fullmatch(r"P(\d{1,4})W", text.strip().upper()):
        return timedelta(weeks=int(weeks[1]))
    try:
        step = msgspec.convert(text.strip().upper(), timedelta)
    except msgspec.ValidationError:
        raise LauncherFault(
            f"“{text}” is neither a duration (such as P1D, PT36H, 36h or 2w) nor an instant with"
            " its offset (such as 2026-03-01T15:00:00Z)."
        ) from None
    return _forward(step)


def _forward(step: timedelta) -> timedelta:
    if step < timedelta(0):
        raise LauncherFault("The product's clock never goes back, and that lies behind it.")
    return step


def _echo(reading: ClockRecord) -> None:
    click.echo(f"product {reading.product:%Y-%m-%dT%H:%M:%SZ}")
    click.echo(f"real    {reading.real:%Y-%m-%dT%H:%M:%SZ}")
    click.echo(f"rate    {reading.rate:g}")
