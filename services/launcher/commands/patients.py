import getpass
from pathlib import Path

import click
import msgspec

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import environment
from services.contracts.errors import Refusal
from services.contracts.privacy import (
    AuditRecord,
    ExportPatient,
    ImportKind,
    Keeping,
    ListAudit,
    SetRetention,
    ShowRetention,
)
from services.contracts.reminders import Scope
from services.contracts.words import Mode, Role
from services.launcher.clinic_lookup import find_clinic
from services.launcher.connection import asking
from services.launcher.csv_files import CsvFile
from services.launcher.faults import LauncherFault
from services.launcher.file_import import import_file

_AUDIT_PAGE = 500
_MOST_DIGITS = 10

_clinic = click.option("--clinic", required=True, help="By name or number.")
_reference = click.option("--reference", help="The clinic's own number of the patient.")
_number = click.option("--number", type=int, help="Our number of the patient, also once erased.")
_kind = click.option(
    "--kind",
    type=click.Choice([mode.value.lower() for mode in Mode], case_sensitive=False),
    default="live",
    show_default=True,
    help="Live patients, or those of test or allowlist keys; they never meet.",
)
_file = click.argument("file", type=click.Path(path_type=Path))
_dry_run = click.option("--dry-run", is_flag=True, help="Only look; nothing is kept.")


@click.group()
def patients() -> None:
    """Hand out, take in and look after what is kept of patients."""


@patients.command()
@_clinic
@_reference
@_number
@_kind
def export(clinic: str, reference: str | None, number: int | None, kind: str) -> None:
    """Print all that is kept of one patient, as JSON, in the clear. Who did it is noted."""
    _one_of(reference, number)
    with asking(environment()) as client:
        scope = scope_of(client, clinic, kind)
        question = ExportPatient(scope=scope, reference=reference, patient_id=number)
        found = client.ask(question)
    if found is None:
        raise _not_there(kind)
    click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2))


@patients.command("import")
@_file
@_clinic
@_kind
@_dry_run
@click.pass_context
def import_(context: click.Context, file: Path, clinic: str, kind: str, dry_run: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Take in patients from a CSV file; one who is there already stays as they are.

    Every bad row is printed with its line; the others are taken all the same. Broken off, the same
    command goes on where it ended. The columns are in docs/guides/importing.md.
    """
    _import(context, ImportKind.PATIENTS, file, clinic, kind, is_rehearsal=dry_run)


@patients.command()
@_clinic
@_reference
@_number
@_kind
def audit(clinic: str, reference: str | None, number: int | None, kind: str) -> None:
    """Print who read or changed what of a patient, newest first; never what it said."""
    _one_of(reference, number)
    with asking(environment()) as client:
        scope = scope_of(client, clinic, kind)
        after = None
        while True:
            question = ListAudit(
                scope=scope, reference=reference, patient_id=number, limit=_AUDIT_PAGE, after=after
            )
            page = client.ask(question)
            if page is None:
                raise _not_there(kind)
            for one in page.items:
                click.echo(_audit_line(one))
            if not page.has_more:
                return
            after = page.items[-1].id


@patients.command()
@_clinic
@click.option("--set", "setting", metavar="KIND=DAYS", help="Keep a kind so long; DAYS or default.")
def retention(clinic: str, setting: str | None) -> None:
    """Show how long each kind of data is kept, and how much of it is overdue; or change that.

    What is overdue is purged by the dispatcher, little by little.
    """
    with asking(environment()) as client:
        clinic_id = find_clinic(client, clinic).id
        if setting:
            kept = client.ask(_set_retention(clinic_id, setting))
            if isinstance(kept, Refusal):
                raise LauncherFault(kept.message)
        for one in client.ask(ShowRetention(clinic_id=clinic_id)):
            click.echo(_keeping_line(one))


@click.group()
def suppressions() -> None:
    """Take in addresses that must not be used."""


@suppressions.command("import")
@_file
@_clinic
@_dry_run
@click.pass_context
def import_suppressions(context: click.Context, file: Path, clinic: str, dry_run: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Take in opt-outs and the like from a CSV file, for addresses with or without a patient."""
    _import(context, ImportKind.SUPPRESSIONS, file, clinic, "live", is_rehearsal=dry_run)


def scope_of(client: ThreadedAskClient, clinic: str, kind: str) -> Scope:
    """What an administrator of the clinic may see, under the name one is logged in by."""
    return Scope(
        clinic_id=find_clinic(client, clinic).id,
        mode=Mode(kind.upper()),
        role=Role.ADMIN,
        actor=f"cli:{getpass.getuser()}",
    )


def _import(
    context: click.Context,
    what: ImportKind,
    path: Path,
    clinic: str,
    kind: str,
    *,
    is_rehearsal: bool,
) -> None:
    file = CsvFile.open(path)
    with asking(environment()) as client:
        scope = scope_of(client, clinic, kind)
        tally = import_file(client, scope, what, file, is_rehearsal=is_rehearsal)
    done = "would be added" if is_rehearsal else "added"
    click.echo(f"{tally.added} {done}, {tally.known} there already, {tally.refused} refused.")
    context.exit(1 if tally.refused else 0)


def _not_there(kind: str) -> LauncherFault:
    others = ", ".join(mode.lower() for mode in Mode if mode != kind.upper())
    return LauncherFault(
        f"The clinic has no such patient of the kind {kind.lower()}, which was searched. "
        f"Search another with --kind ({others})."
    )


def _one_of(reference: str | None, number: int | None) -> None:
    if (reference is None) == (number is None):
        raise LauncherFault("Name the patient by --reference or by --number.")


def _set_retention(clinic_id: int, setting: str) -> SetRetention:
    kind, _, days = setting.partition("=")
    if days != "default" and not days.isdecimal():
        raise LauncherFault("Write --set KIND=DAYS, like bodies=365, or KIND=default.")
    digits = days.lstrip("0")[:_MOST_DIGITS] or "0"  # so many are refused, and can be sent
    return SetRetention(
        clinic_id=clinic_id,
        kind=kind,
        days=None if days == "default" else int(digits),
        actor=f"cli:{getpass.getuser()}",
    )


def _audit_line(one: AuditRecord) -> str:
    return "\t".join((
        f"{one.at:%Y-%m-%dT%H:%M:%SZ}", one.actor, one.role, one.kind, one.action,
        ", ".join(one.fields) or "-",
    ))  # fmt: skip


def _keeping_line(one: Keeping) -> str:
    whose = "the clinic's own" if one.is_own else "by default"
    return f"{one.kind}\t{one.days} days\t{whose}\t{one.overdue} overdue"
