"""Commands of `afterglow clinics` about whom a clinic alerts when a patient may need help."""

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

_HOURS = [one.value.lower().replace("_", "-") for one in AlertHours]
_AFTER = ("at once", "after 5 min", "after 15 min", "after 30 min")


@click.group()
def alerts() -> None:
    """Say whom a clinic alerts: the first tier at once, the next after 5, 15 and 30 minutes."""


@alerts.command()
@click.argument("clinic")
@click.argument("address")
@click.option("--tier", type=click.IntRange(0, 3), default=0, show_default=True)
@click.option("--hours", type=click.Choice(_HOURS), default="always", show_default=True)
@click.option("--label", help="A post, e.g. “front desk”.")
def add(clinic: str, address: str, tier: int, hours: str, label: str | None) -> None:
    """Alert this phone number or email address; the same one of a tier is kept once."""
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
    """List them: number, when, hours, channel, address (masked), post, whether a test arrived."""
    with asking(environment()) as client:
        found = find_clinic(client, clinic)
        for contact in client.ask(ListAlertContacts(clinic_id=found.id)):
            click.echo(_line(contact))


@alerts.command()
@click.argument("clinic")
@click.argument("number", type=int)
def remove(clinic: str, number: int) -> None:
    """Alert this one no more; the number is that of the list."""
    with asking(environment()) as client:
        question = RemoveAlertContact(clinic_id=find_clinic(client, clinic).id, contact_id=number)
        reply = client.ask(question)
    click.echo(f"removed: {_line(_done(reply))}")


@click.command("test-alert")
@click.argument("clinic")
def test_alert(clinic: str) -> None:
    """Send a test to everybody the clinic alerts; one who confirms it proves the chain."""
    with asking(environment()) as client:
        reply = client.ask(SendTestAlert(clinic_id=find_clinic(client, clinic).id))
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    click.echo(f"{reply.sent} on their way; `clinics alerts list` shows who has confirmed.")


def _done(reply: AlertContactRecord | Refusal) -> AlertContactRecord:
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    return reply


def _line(one: AlertContactRecord) -> str:
    return "\t".join((
        str(one.id), _AFTER[one.tier], str(one.hours).lower().replace("_", "-"), str(one.channel),
        one.masked, one.label or "-", "confirmed" if one.proven_at else "not confirmed yet",
    ))  # fmt: skip


ALERT_COMMANDS: tuple[click.Command, ...] = (alerts, test_alert)
