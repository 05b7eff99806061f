import click

from services.chassis.settings import environment
from services.contracts.catalog import Channel
from services.contracts.errors import Refusal
from services.contracts.senders import AddSender, ListSenders, SenderRecord
from services.launcher.clinic_lookup import find_clinic
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault
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
@click.option("--marketing", is_flag=True, help="Require what marketing mail needs.")
def add(  # noqa: PLR0913 - click passes one argument an option
    address: str,
    *,
    clinic: str,
    channel: str,
    provider: str,
    is_default: bool,
    one_way: bool,
    marketing: bool,
    country: str | None,
    account: str | None,
    secret_file: str | None,
    data_agreement: str | None,
    opt_out_way: str | None,
    postal_address: str | None,
) -> None:
    """Add an address, or change the data of an existing one."""
    with asking(environment()) as client:
        question = AddSender(
            clinic_id=find_clinic(client, clinic).id,
            channel=Channel(channel.upper()),
            provider=provider,
            address=address,
            is_default=is_default,
            country=country.upper() if country else None,
            is_two_way=not one_way,
            account=account,
            secret_file=secret_file,
            data_agreement=data_agreement,
            opt_out_way=opt_out_way,
            postal_address=postal_address,
            is_for_marketing=marketing,
        )
        reply = client.ask(question)
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    click.echo(_line(reply))


@senders.command("list")
@click.option("--clinic", help="Name or number; by default all clinics.")
def list_(clinic: str | None) -> None:
    """List senders: number, clinic, channel, provider, address, account, what they lack."""
    with asking(environment()) as client:
        clinic_id = find_clinic(client, clinic).id if clinic else None
        for sender in client.ask(ListSenders(clinic_id=clinic_id)):
            click.echo(_line(sender))


def _line(sender: SenderRecord) -> str:
    return "\t".join(
        (
            str(sender.id),
            str(sender.clinic_id),
            str(sender.channel),
            sender.provider,
            sender.address + (" (default)" if sender.is_default else ""),
            sender.account or "account of the settings",
            ", ".join(sender.lacks) or "ready for production",
        )
    )
