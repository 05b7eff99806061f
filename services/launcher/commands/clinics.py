from operator import attrgetter

import click
import msgspec

from services.chassis.ask import ThreadedAskClient
from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    AddAlertContact,
    AlertContactRecord,
    ListAlertContacts,
    RemoveAlertContact,
    SendTestAlert,
)
from services.contracts.clinics import ChangeClinic, SuspendClinic
from services.contracts.reminders import (
    ClinicRecord,
    CreateClinic,
    KeptClinic,
    ListClinics,
    QuietHours,
)
from services.contracts.words import AlertHours
from services.launcher.commands.options import actor_option, reason_option
from services.launcher.connection import accepted, asking, find_clinic
from services.launcher.faults import LauncherFault
from services.launcher.name_cost import is_costly, name_cost
from services.launcher.printing import echo_lines, tabbed
from services.launcher.week import (
    parse_closure,
    parse_hours,
    parse_span,
    show_closure,
    show_hours,
)

_ALERT_HOURS = [hours.value.lower().replace("_", "-") for hours in AlertHours]
_AFTER = ("at once", "after 5 min", "after 15 min", "after 30 min")


@click.group()
def clinics() -> None:
    """Create and list clinics, and change their data."""


@clinics.command()
@click.argument("name")
@click.option("--zone", "time_zone", required=True, help="IANA time zone, e.g. America/New_York.")
@click.option("--country", required=True, help="Two letters, ISO 3166, e.g. US.")
@click.option("--locale", default="en", show_default=True)
@click.option("--phone", help="Number patients can call, E.164, e.g. +12025550177.")
@click.option("--emergency-number", help="Where it is not the country's own, e.g. 112.")
def create(country: str, **others: str | None) -> None:
    """Create a clinic. An existing one with that name is not changed."""
    command = msgspec.convert(others | {"country": country.upper()}, CreateClinic)
    with asking() as client:
        reply = client.ask(command)
        if isinstance(reply, KeptClinic):
            click.echo(_kept_as_it_is(reply), err=True)
            reply = reply.clinic
        click.echo(_line(accepted(reply)))
        _tell_sms_name(client, accepted(reply))


@clinics.command("list")
def list_() -> None:
    """List all clinics: number, name, time zone, country, phone."""
    with asking() as client:
        echo_lines(map(_line, client.ask(ListClinics())))


@clinics.command()
@click.argument("clinic")
def show(clinic: str) -> None:
    """Show the data of a clinic, by name or number."""
    with asking() as client:
        record = find_clinic(client, clinic)
        cost = name_cost(client, record)
    for name, value in [*_facts(record), ("cost of texts", cost)]:
        click.echo(f"{name:18}{value}")


@clinics.command()
@click.argument("clinic")
@click.option("--set", "lines", multiple=True, help="E.g. “mon-fri 09:00-13:00 14:00-18:00”.")
@click.option("--clear", is_flag=True, help="Remove the hours: the clinic counts as always open.")
def hours(clinic: str, lines: tuple[str, ...], *, clear: bool) -> None:
    """Show or set the opening hours of a clinic, in its time zone. New hours replace all."""
    if lines and clear:
        raise LauncherFault("Either --set hours or --clear them.")
    with asking() as client:
        record = find_clinic(client, clinic)
        if lines or clear:
            command = ChangeClinic(clinic_id=record.id, opening_hours=parse_hours(lines))
            record = accepted(client.ask(command))
    echo_lines(show_hours(record.opening_hours) if record.opening_hours else ("always",))


@clinics.command()
@click.argument("clinic")
@click.option("--add", metavar="DAYS", help="A day, or the first and last: 2026-12-24..2026-12-26.")
@click.option("--note", help="Why, for patients; with --add.")
@click.option("--remove", metavar="DAY", help="Remove the closures that begin on this day.")
def closures(clinic: str, add: str | None, note: str | None, remove: str | None) -> None:
    """Show, add or remove whole days on which a clinic is closed."""
    with asking() as client:
        record = find_clinic(client, clinic)
        kept = tuple(closure for closure in record.closures if str(closure.first_day) != remove)
        if remove is not None and kept == record.closures:
            raise LauncherFault(f"No closure of “{record.name}” begins on {remove}.")
        if add is not None:
            kept = tuple(sorted((*kept, parse_closure(add, note)), key=attrgetter("first_day")))
        if kept != record.closures:
            record = accepted(client.ask(ChangeClinic(clinic_id=record.id, closures=kept)))
    echo_lines(map(show_closure, record.closures))


@clinics.command()
@click.argument("clinic")
@click.option("--phone", help="Number patients can call; “none” for no number.")
@click.option("--emergency-number", help="“none” for the country's own.")
@click.option("--quiet", metavar="SPAN", help="When nothing is sent, e.g. 20:00-09:00.")
@click.option(
    "--sms-name", help="The name that texts begin with; “none” for the one that is proposed."
)
@click.option("--out-of-hours", help="What patients should do when it is closed; or “none”.")
@click.option(
    "--serves", metavar="COUNTRIES", help="Countries besides its own, e.g. CA,MX; or “none”."
)
def change(clinic: str, **values: str | None) -> None:
    """Change the data of a clinic. What you do not name stays."""
    if not any(values.values()):
        raise LauncherFault("Nothing was given to change: see afterglow clinics change --help.")
    with asking() as client:
        record = find_clinic(client, clinic)
        changed = accepted(client.ask(_change(record.id, **values)))
        click.echo(f"“{record.name}” is changed.")
        if values["sms_name"]:
            _tell_sms_name(client, changed)


@clinics.command()
@click.argument("clinic")
@click.option("--end", is_flag=True, help="End the suspension.")
@reason_option
@actor_option
def suspend(clinic: str, reason: str, actor: str, *, end: bool) -> None:
    """Stop enrolling for a clinic and hold its messages. Safety texts still go out."""
    with asking() as client:
        clinic_id = find_clinic(client, clinic).id
        command = SuspendClinic(
            clinic_id=clinic_id, is_suspended=not end, actor=actor, reason=reason
        )
        reply = accepted(client.ask(command))
    click.echo(f"“{reply.name}” is {'suspended' if reply.suspended_at else 'at work'}.")


@clinics.group()
def alerts() -> None:
    """Set whom a clinic alerts: the first tier at once, the others after 5, 15 and 30 minutes."""


@alerts.command("add")
@click.argument("clinic")
@click.argument("address")
@click.option("--tier", type=click.IntRange(0, 3), default=0, show_default=True)
@click.option("--hours", type=click.Choice(_ALERT_HOURS), default="always", show_default=True)
@click.option("--label", help="A post, e.g. “front desk”.")
def add_alert(clinic: str, address: str, tier: int, hours: str, label: str | None) -> None:
    """Add a phone number or email address. A tier has each of them once."""
    with asking() as client:
        command = AddAlertContact(
            clinic_id=find_clinic(client, clinic).id,
            tier=tier,
            hours=AlertHours(hours.upper().replace("-", "_")),
            channel=Channel.EMAIL if "@" in address else Channel.SMS,
            address=address,
            label=label,
        )
        contact = accepted(client.ask(command))
    click.echo(_alert_line(contact))


@alerts.command("list")
@click.argument("clinic")
def list_alerts(clinic: str) -> None:
    """List contacts: number, when, hours, channel, masked address, role, whether confirmed."""
    with asking() as client:
        question = ListAlertContacts(clinic_id=find_clinic(client, clinic).id)
        echo_lines(map(_alert_line, client.ask(question)))


@alerts.command("remove")
@click.argument("clinic")
@click.argument("number", type=int)
def remove_alert(clinic: str, number: int) -> None:
    """Remove the contact with this number (see `alerts list`)."""
    with asking() as client:
        command = RemoveAlertContact(clinic_id=find_clinic(client, clinic).id, contact_id=number)
        contact = accepted(client.ask(command))
    click.echo(f"removed: {_alert_line(contact)}")


@clinics.command("test-alert")
@click.argument("clinic")
def test_alert(clinic: str) -> None:
    """Send a test to all contacts of a clinic. A confirmation proves that alerts arrive."""
    with asking() as client:
        reply = accepted(client.ask(SendTestAlert(clinic_id=find_clinic(client, clinic).id)))
    click.echo(f"{reply.sent} on their way; `clinics alerts list` shows who has confirmed.")


def _tell_sms_name(client: ThreadedAskClient, clinic: ClinicRecord) -> None:
    """Say how texts name a clinic, where that is another name or a costly one."""
    name = clinic.name_on(Channel.SMS)
    if name != clinic.name or is_costly(clinic):
        click.echo(f"Its texts begin with “{name}”: {name_cost(client, clinic)}.", err=True)


def _kept_as_it_is(kept: KeptClinic) -> str:
    """Say how an existing clinic differs from the one to create."""
    fields = ", ".join(
        f"{name.replace('_', ' ')} is {getattr(kept.clinic, name) or 'not set'}"
        for name in kept.differing
    )
    return f"“{kept.clinic.name}” was there already and was kept as it is: its {fields}."


def _change(
    clinic_id: int, *, quiet: str | None, serves: str | None, **texts: str | None
) -> ChangeClinic:
    """Build the change. Without a text a field stays, and “none” clears it."""
    values: dict[str, object] = {
        name: None if text == "none" else text for name, text in texts.items() if text
    }
    if quiet:
        start, end = parse_span(quiet)
        values["quiet_hours"] = QuietHours(start=start, end=end)
    if serves:
        codes = "" if serves == "none" else serves.upper()
        values["countries"] = [code.strip() for code in codes.split(",") if code.strip()]
    return msgspec.convert(values | {"clinic_id": clinic_id}, ChangeClinic)


def _facts(clinic: ClinicRecord) -> list[tuple[str, str]]:
    quiet = clinic.quiet_hours
    return [
        ("number", str(clinic.id)),
        ("name", clinic.name),
        ("name in texts", clinic.name_on(Channel.SMS) + ("" if clinic.sms_name else " (proposed)")),
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


def _line(clinic: ClinicRecord) -> str:
    phone = clinic.phone or "no phone"
    return tabbed(clinic.id, clinic.name, clinic.time_zone, clinic.country, phone)


def _alert_line(contact: AlertContactRecord) -> str:
    return tabbed(
        contact.id,
        _AFTER[contact.tier],
        contact.hours.lower().replace("_", "-"),
        contact.channel,
        contact.masked,
        contact.label or "-",
        "confirmed" if contact.proven_at else "not confirmed yet",
    )
