import click

from services.chassis.settings import environment
from services.contracts.errors import Refusal
from services.contracts.reminders import ClinicRecord, CreateClinic, KeptClinic, ListClinics
from services.launcher.commands.clinic_alerts import ALERT_COMMANDS
from services.launcher.commands.clinic_hours import COMMANDS
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault


@click.group()
def clinics() -> None:
    """Create and list clinics, and change their data."""


for _command in (*COMMANDS, *ALERT_COMMANDS):
    clinics.add_command(_command)


@clinics.command()
@click.argument("name")
@click.option("--zone", required=True, help="IANA time zone, e.g. America/New_York.")
@click.option("--country", required=True, help="Two letters, ISO 3166, e.g. US.")
@click.option("--locale", default="en", show_default=True)
@click.option("--phone", help="Number patients can call, E.164, e.g. +12025550177.")
@click.option("--emergency-number", help="Where it is not the country's own, e.g. 112.")
def create(
    name: str, zone: str, country: str, locale: str, phone: str | None, emergency_number: str | None
) -> None:
    """Create a clinic. An existing one with that name is not changed."""
    question = CreateClinic(
        name=name,
        time_zone=zone,
        country=country.upper(),
        locale=locale,
        phone=phone,
        emergency_number=emergency_number,
    )
    with asking(environment()) as client:
        reply = client.ask(question)
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    if isinstance(reply, KeptClinic):
        click.echo(_kept_as_it_is(reply), err=True)
        reply = reply.clinic
    click.echo(_line(reply))


@clinics.command("list")
def list_() -> None:
    """List all clinics: number, name, time zone, country, phone."""
    with asking(environment()) as client:
        for clinic in client.ask(ListClinics()):
            click.echo(_line(clinic))


def _kept_as_it_is(kept: KeptClinic) -> str:
    """Say how an existing clinic differs from the one to create."""
    fields = ", ".join(
        f"{name.replace('_', ' ')} is {getattr(kept.clinic, name) or 'not set'}"
        for name in kept.differing
    )
    return f"“{kept.clinic.name}” was there already and was kept as it is: its {fields}."


def _line(clinic: ClinicRecord) -> str:
    return "\t".join(
        (
            str(clinic.id),
            clinic.name,
            clinic.time_zone,
            clinic.country,
            clinic.phone or "no phone",
        )
    )
