"""Commands of `afterglow clinics` about one clinic: its data and its opening hours."""

import getpass
from operator import attrgetter

import click
import msgspec
from msgspec import UNSET

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import environment
from services.contracts.clinics import ChangeClinic, SuspendClinic
from services.contracts.errors import Refusal
from services.contracts.reminders import ClinicRecord, QuietHours
from services.launcher.clinic_lookup import find_clinic
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault
from services.launcher.week import (
    parse_closure,
    parse_hours,
    parse_span,
    show_closure,
    show_hours,
)


@click.command()
@click.argument("clinic")
def show(clinic: str) -> None:
    """Show the data of a clinic, by name or number."""
    with asking(environment()) as client:
        record = find_clinic(client, clinic)
    for name, value in _facts(record):
        click.echo(f"{name:18}{value}")


@click.command()
@click.argument("clinic")
@click.option("--set", "lines", multiple=True, help="E.g. “mon-fri 09:00-13:00 14:00-18:00”.")
@click.option("--clear", is_flag=True, help="Remove the hours: the clinic counts as always open.")
def hours(clinic: str, lines: tuple[str, ...], *, clear: bool) -> None:
    """Show or set the opening hours of a clinic, in its time zone. New hours replace all."""
    if lines and clear:
        raise LauncherFault("Either --set hours or --clear them.")
    with asking(environment()) as client:
        record = find_clinic(client, clinic)
        if lines or clear:
            spans = parse_hours(lines)
            record = _changed(client, ChangeClinic(clinic_id=record.id, opening_hours=spans))
    for line in show_hours(record.opening_hours) if record.opening_hours else ("always",):
        click.echo(line)


@click.command()
@click.argument("clinic")
@click.option("--add", metavar="DAYS", help="A day, or the first and last: 2026-12-24..2026-12-26.")
@click.option("--note", help="Why, for patients; with --add.")
@click.option("--remove", metavar="DAY", help="Remove the closures that begin on this day.")
def closures(clinic: str, add: str | None, note: str | None, remove: str | None) -> None:
    """Show, add or remove whole days on which a clinic is closed."""
    with asking(environment()) as client:
        record = find_clinic(client, clinic)
        kept = tuple(closure for closure in record.closures if str(closure.first_day) != remove)
        if remove is not None and kept == record.closures:
            raise LauncherFault(f"No closure of “{record.name}” begins on {remove}.")
        if add is not None:
            kept = tuple(sorted((*kept, parse_closure(add, note)), key=attrgetter("first_day")))
        if kept != record.closures:
            record = _changed(client, ChangeClinic(clinic_id=record.id, closures=kept))
    for closure in record.closures:
        click.echo(show_closure(closure))


@click.command()
@click.argument("clinic")
@click.option("--phone", help="Number patients can call; “none” for no number.")
@click.option("--emergency-number", help="“none” for the country's own.")
@click.option("--quiet", metavar="SPAN", help="When nothing is sent, e.g. 20:00-09:00.")
@click.option("--out-of-hours", help="What patients should do when it is closed; or “none”.")
@click.option(
    "--serves", metavar="COUNTRIES", help="Countries besides its own, e.g. CA,MX; or “none”."
)
def change(clinic: str, **values: str | None) -> None:
    """Change the data of a clinic. What you do not name stays."""
    if not any(values.values()):
        raise LauncherFault("Nothing was given to change: see afterglow clinics change --help.")
    with asking(environment()) as client:
        record = find_clinic(client, clinic)
        _changed(client, _change(record.id, values))
    click.echo(f"“{record.name}” is changed.")


@click.command()
@click.argument("clinic")
@click.option("--end", is_flag=True, help="End the suspension.")
@click.option("--reason", required=True, help="The reason, for the record.")
@click.option("--by", "actor", help="Who asks for it; by default your login name.")
def suspend(clinic: str, reason: str, actor: str | None, *, end: bool) -> None:
    """Stop enrolling for a clinic and hold its messages. Safety texts still go out."""
    with asking(environment()) as client:
        record = find_clinic(client, clinic)
        command = SuspendClinic(
            clinic_id=record.id,
            is_suspended=not end,
            actor=actor or getpass.getuser(),
            reason=reason,
        )
        reply = client.ask(command)
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    click.echo(f"“{reply.name}” is {'suspended' if reply.suspended_at else 'at work'}.")


COMMANDS = (show, hours, closures, change, suspend)


def _change(clinic_id: int, values: dict[str, str | None]) -> ChangeClinic:
    named = {name: None if text == "none" else text for name, text in values.items() if text}
    command = ChangeClinic(
        clinic_id=clinic_id,
        phone=named.get("phone", UNSET),
        emergency_number=named.get("emergency_number", UNSET),
        out_of_hours=named.get("out_of_hours", UNSET),
    )
    if quiet := values["quiet"]:
        start, end = parse_span(quiet)
        command = msgspec.structs.replace(command, quiet_hours=QuietHours(start=start, end=end))
    if "serves" in named:
        served = named["serves"] or ""
        codes = tuple(code.strip().upper() for code in served.split(",") if code.strip())
        command = msgspec.structs.replace(command, countries=codes)
    return command


def _changed(client: ThreadedAskClient, command: ChangeClinic) -> ClinicRecord:
    reply = client.ask(command)
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    return reply


def _facts(clinic: ClinicRecord) -> list[tuple[str, str]]:
    quiet = clinic.quiet_hours
    return [
        ("number", str(clinic.id)),
        ("name", clinic.name),
        ("time zone", clinic.time_zone),
        ("locale", clinic.locale),
        ("country", clinic.country),
        ("also serves", ", ".join(clinic.countries) or "no other country"),
        ("phone", clinic.phone or "none"),
        ("emergency number", clinic.emergency_number),
        ("quiet hours", f"{quiet.start:%H:%M}-{quiet.end:%H:%M}"),
        ("opening hours", "; ".join(show_hours(clinic.opening_hours)) or "always"),
        ("closures", "; ".join(map(show_closure, clinic.closures)) or "none"),
        ("out of hours", clinic.out_of_hours or "nothing said"),
        ("suspended", f"since {clinic.suspended_at:%Y-%m-%d}" if clinic.suspended_at else "no"),
    ]
