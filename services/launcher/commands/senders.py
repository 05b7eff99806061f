import click
import msgspec

from services.contracts.senders import AddSender, ListSenders, SenderRecord
from services.launcher.connection import accepted, asking, find_clinic
from services.launcher.printing import echo_lines, tabbed
from services.launcher.programs import CHANNELS


@click.group()
def senders() -> None:
    """Add and list the addresses that clinics send from."""


@senders.command()
@click.argument("address")
@click.option("--clinic", required=True, help="Name or number of the clinic.")
@click.option("--channel", type=click.Choice(CHANNELS), required=True)
@click.option("--provider", required=True, help="The provider, as named in the settings.")
@click.option("--default", "is_default", is_flag=True, help="Prefer this address.")
@click.option("--country", help="Country of the sender, ISO 3166; by default the clinic's.")
@click.option("--one-way", is_flag=True, help="Patients cannot reply, as to a name.")
@click.option("--opt-out-way", help="How to opt out without a reply, e.g. a phone number.")
@click.option("--account", help="The clinic's own account with the provider, e.g. its SID.")
@click.option("--secret-file", help="File with the account's secret, if named differently.")
@click.option("--data-agreement", help="Reference of the agreement to carry health data.")
@click.option("--postal-address", help="Shown at the foot of marketing mail.")
@click.option("--bounce-domain", help="Where bounces go; its MX is the mail listener.")
@click.option(
    "--most-parts", type=click.IntRange(1, 255), help="Parts of a text it carries whole, if not 10."
)
@click.option(
    "--marketing", "is_for_marketing", is_flag=True, help="Require what marketing mail needs."
)
def add(*, clinic: str, channel: str, country: str | None, one_way: bool, **others: object) -> None:
    """Add an address, or change the data of an existing one."""
    with asking() as client:
        values = others | {
            "clinic_id": find_clinic(client, clinic).id,
            "channel": channel.upper(),
            "country": country.upper() if country else None,
            "is_two_way": not one_way,
        }
        sender = accepted(client.ask(msgspec.convert(values, AddSender)))
    click.echo(_line(sender))


@senders.command("list")
@click.option("--clinic", help="Name or number; by default all clinics.")
def list_(clinic: str | None) -> None:
    """List senders: number, clinic, channel, provider, address, account, what they lack."""
    with asking() as client:
        clinic_id = find_clinic(client, clinic).id if clinic else None
        echo_lines(map(_line, client.ask(ListSenders(clinic_id=clinic_id))))


def _line(sender: SenderRecord) -> str:
    return tabbed(
        sender.id,
        sender.clinic_id,
        sender.channel,
        sender.provider,
        sender.address + (" (default)" if sender.is_default else ""),
        sender.account or "account of the settings",
        ", ".join(sender.lacks) or "ready for production",
    )
