import click

from services.contracts.gateway import (
    CreateKey,
    KeyRecord,
    ListKeys,
    RevokeKey,
    person_fault,
)
from services.contracts.words import Mode, Role
from services.launcher.connection import asking, find_clinic
from services.launcher.faults import LauncherFault
from services.launcher.printing import echo_lines, tabbed


@click.group()
def keys() -> None:
    """Create, list and revoke API keys."""


@keys.command()
@click.option("--clinic", help="The clinic's name or number; an OPERATOR key has none.")
@click.option(
    "--role", type=click.Choice([role.value for role in Role], case_sensitive=False), required=True
)
@click.option(
    "--kind",
    type=click.Choice([mode.value.lower() for mode in Mode], case_sensitive=False),
    required=True,
    help="live, test (reaches only the sandbox), or allowlist (reaches only listed contacts).",
)
@click.option("--person", help="The only holder, as they sign, e.g. “Dr. Ada Example”.")
def create(clinic: str | None, role: str, kind: str, person: str | None) -> None:
    """Create a key and print it. It is shown only once, because only its hash is stored.

    With --person it belongs to one person, and acts in that name. Only such a key of a clinician
    can sign off plans.
    """
    chosen = Role(role.upper())
    if (chosen is Role.OPERATOR) == (clinic is not None):
        raise LauncherFault("Name a clinic by --clinic for every role but OPERATOR.")
    if person is not None and (fault := person_fault(chosen, person)):
        raise LauncherFault(f"--person: {fault}.")
    with asking() as client:
        clinic_id = find_clinic(client, clinic).id if clinic else None
        question = CreateKey(
            clinic_id=clinic_id, role=chosen, mode=Mode(kind.upper()), person=person
        )
        click.echo(client.ask(question))


@keys.command("list")
@click.option("--clinic", help="Only this clinic's, by name or number.")
def list_(clinic: str | None) -> None:
    """List keys: number, prefix, role, mode, clinic, state, person. Never the whole key."""
    with asking() as client:
        clinic_id = find_clinic(client, clinic).id if clinic else None
        echo_lines(map(_line, client.ask(ListKeys(clinic_id=clinic_id))))


@keys.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Revoke the key with this number (see `keys list`). It stops working within seconds."""
    with asking() as client:
        if not client.ask(RevokeKey(key_id=number)):
            raise LauncherFault(f"There is no key {number} that still works. See `keys list`.")
    click.echo(f"Key {number} is revoked.")


def _line(key: KeyRecord) -> str:
    state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else "works"
    clinic = "all clinics" if key.clinic_id is None else f"clinic {key.clinic_id}"
    person = key.person or "-"
    return tabbed(key.id, f"{key.prefix}…", key.role, key.mode, clinic, state, person)
