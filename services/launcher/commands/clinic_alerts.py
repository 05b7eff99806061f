"""Commands of `afterglow clinics` for the people to alert when a patient may need help."""

import click

from services.chassis.settings import environment
from services.contracts.catalog import Channel
from services.contracts.check_ins import (
    AddAlertContact,
    AlertContactRecord,
    ListAlertContacts,
    RemoveAlertContact,
    SendTestAlert,
)
from services.contracts.errors import Refusal
from services.contracts.words import AlertHours
from services.launcher.clinic_lookup import find_clinic
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault

_HOURS = [hours.value.lower().replace("_", "-") for hours in AlertHours]
_AFTER = ("at once", "after 5 min", "after 15 min", "after 30 min")


@click.group()
def alerts() -> None:
    """Set whom a clinic alerts: the first tier at once, the others after 5, 15 and 30 minutes."""


@alerts.command()
@click.argument("clinic")
@click.argument("address")
@click.option("--tier", type=click.IntRange(0, 3), default=0, show_default=True)
@click.option("--hours", type=click.Choice(_HOURS), default="always", show_default=True)
@click.option("--label", help="A post, e.g. “front desk”.")
def add(clinic: str, address: str, tier: int, hours: str, label: str | None) -> None:
    """Add a phone number or email address. A tier has each of them once."""
    with asking(environment()) as client:
        question = AddAlertContact(
            clinic_id=find_clinic(client, clinic).id,
            tier=tier,
            hours=AlertHours(hours.upper().replace("-", "_")),
            channel=Channel.EMAIL if "@" in address else Channel.SMS,
            address=address,
            label=label,
        )
        reply = client.ask(question)
    click.echo(_line(_done(reply)))


@alerts.command("list")
@click.argument("clinic")
def list_(clinic: str) -> None:
    """List contacts: number, when, hours, channel, masked address, role, whether confirmed."""
    with asking(environment()) as client:
        clinic_record = find_clinic(client, clinic)
        for contact in client.ask(ListAlertContacts(clinic_id=clinic_record.id)):
            click.echo(_line(contact))


@alerts.command()
@click.argument("clinic")
@click.argument("number", type=int)
def remove(clinic: str, number: int) -> None:
    """Remove the contact with this number (see `alerts list`)."""
    with asking(environment()) as client:
        question = RemoveAlertContact(clinic_id=find_clinic(client, clinic).id, contact_id=number)
        reply = client.ask(question)
    click.echo(f"removed: {_line(_done(reply))}")


@click.command("test-alert")
@click.argument("clinic")
def test_alert(clinic: str) -> None:
    """Send a test to all contacts of a clinic. A confirmation proves that alerts arrive."""
    with asking(environment()) as client:
        reply = client.ask(SendTestAlert(clinic_id=find_clinic(client, clinic).id))
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    click.echo(f"{reply.sent} on their way; `clinics alerts list` shows who has confirmed.")


def _done(reply: AlertContactRecord | Refusal) -> AlertContactRecord:
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    return reply


def _line(contact: AlertContactRecord) -> str:
    return "\t".join(
        (
            str(contact.id),
            _AFTER[contact.tier],
            str(contact.hours).lower().replace("_", "-"),
            str(contact.channel),
            contact.masked,
            contact.label or "-",
            "confirmed" if contact.proven_at else "not confirmed yet",
        )
    )


ALERT_COMMANDS: tuple[click.Command, ...] = (alerts, test_alert)
