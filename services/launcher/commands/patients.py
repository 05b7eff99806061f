import getpass
from pathlib import Path

import click
import msgspec

from services.chassis.ask import ThreadedAskClient
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
from services.launcher.connection import accepted, asking, find_clinic
from services.launcher.csv_file import CsvFile
from services.launcher.faults import LauncherFault
from services.launcher.file_import import import_file
from services.launcher.printing import echo_lines, tabbed

_AUDIT_PAGE = 500
_MOST_DIGITS = 10

_clinic = click.option("--clinic", required=True, help="By name or number.")
_reference = click.option("--reference", help="The clinic's own number for the patient.")
_number = click.option("--number", type=int, help="Our number for the patient, also after erasure.")
_kind = click.option(
    "--kind",
    type=click.Choice([mode.value.lower() for mode in Mode], case_sensitive=False),
    default="live",
    show_default=True,
    help="Live patients, or those of test or allowlist keys; they never meet.",
)
_file = click.argument("file", type=click.Path(path_type=Path))
_dry_run = click.option("--dry-run", is_flag=True, help="Only check; nothing is stored.")


@click.group()
def patients() -> None:
    """Export and import patient data, and control how long it is kept."""


@patients.command()
@_clinic
@_reference
@_number
@_kind
def export(clinic: str, reference: str | None, number: int | None, kind: str) -> None:
    """Print all stored data of one patient as unencrypted JSON. The audit records this."""
    _one_of(reference, number)
    with asking() as client:
        scope = scope_of(client, clinic, kind)
        question = ExportPatient(scope=scope, reference=reference, patient_id=number)
        exported = client.ask(question)
    if exported is None:
        raise _not_there(kind)
    click.echo(msgspec.json.format(msgspec.json.encode(exported), indent=2))


@patients.command("import")
@_file
@_clinic
@_kind
@_dry_run
def import_(file: Path, clinic: str, kind: str, *, dry_run: bool) -> None:
    """Import patients from a CSV file. Patients that exist already are not changed.

    Every bad row is printed with its line, and the others are imported. If this is interrupted, the
    same command continues where it stopped. The columns are in docs/guides/importing.md.
    """
    _import(ImportKind.PATIENTS, file, clinic, kind, is_rehearsal=dry_run)


@patients.command()
@_clinic
@_reference
@_number
@_kind
def audit(clinic: str, reference: str | None, number: int | None, kind: str) -> None:
    """Print who read or changed which fields of a patient, newest first; never the values."""
    _one_of(reference, number)
    with asking() as client:
        scope = scope_of(client, clinic, kind)
        after = None
        while True:
            question = ListAudit(
                scope=scope, reference=reference, patient_id=number, limit=_AUDIT_PAGE, after=after
            )
            page = client.ask(question)
            if page is None:
                raise _not_there(kind)
            echo_lines(map(_audit_line, page.items))
            if not page.has_more:
                return
            after = page.items[-1].id


@patients.command()
@_clinic
@click.option(
    "--set", "setting", metavar="KIND=DAYS", help="Keep a kind for DAYS, or for the default."
)
def retention(clinic: str, setting: str | None) -> None:
    """Show or change how long each kind of data is kept, and how much of it is overdue.

    The dispatcher deletes overdue data bit by bit.
    """
    with asking() as client:
        clinic_id = find_clinic(client, clinic).id
        if setting:
            accepted(client.ask(_set_retention(clinic_id, setting)))
        echo_lines(map(_keeping_line, client.ask(ShowRetention(clinic_id=clinic_id))))


@click.group()
def suppressions() -> None:
    """Import addresses that must not be used."""


@suppressions.command("import")
@_file
@_clinic
@_dry_run
def import_suppressions(file: Path, clinic: str, *, dry_run: bool) -> None:
    """Import opt-outs and the like from a CSV file, for addresses with or without a patient."""
    _import(ImportKind.SUPPRESSIONS, file, clinic, "live", is_rehearsal=dry_run)


def scope_of(client: ThreadedAskClient, clinic: str, kind: str) -> Scope:
    """Return the scope of an administrator of the clinic, with the login name as actor."""
    return Scope(
        clinic_id=find_clinic(client, clinic).id,
        mode=Mode(kind.upper()),
        role=Role.ADMIN,
        actor=f"cli:{getpass.getuser()}",
    )


def _import(
    import_kind: ImportKind, path: Path, clinic: str, kind: str, *, is_rehearsal: bool
) -> None:
    with asking() as client:
        file = CsvFile.open(path, country=find_clinic(client, clinic).country)
        scope = scope_of(client, clinic, kind)
        tally = import_file(client, scope, import_kind, file, is_rehearsal=is_rehearsal)
    done = "would be added" if is_rehearsal else "added"
    click.echo(
        f"{tally.added} {done}, {tally.already_there} there already, {tally.refused} refused."
    )
    click.get_current_context().exit(1 if tally.refused else 0)


def _not_there(kind: str) -> LauncherFault:
    other_kinds = ", ".join(mode.lower() for mode in Mode if mode != kind.upper())
    return LauncherFault(
        f"The clinic has no such patient of the kind {kind.lower()}, which was searched. "
        f"Search another with --kind ({other_kinds})."
    )


def _one_of(reference: str | None, number: int | None) -> None:
    if (reference is None) == (number is None):
        raise LauncherFault("Name the patient by --reference or by --number.")


def _set_retention(clinic_id: int, setting: str) -> SetRetention:
    kind, _, days = setting.partition("=")
    if days != "default" and not days.isdecimal():
        raise LauncherFault("Write --set KIND=DAYS, like bodies=365, or KIND=default.")
    digits = days.lstrip("0")[:_MOST_DIGITS] or "0"  # longer numbers are refused anyway
    return SetRetention(
        clinic_id=clinic_id,
        kind=kind,
        days=None if days == "default" else int(digits),
        actor=f"cli:{getpass.getuser()}",
    )


def _audit_line(record: AuditRecord) -> str:
    at, fields = f"{record.at:%Y-%m-%dT%H:%M:%SZ}", ", ".join(record.fields) or "-"
    return tabbed(at, record.actor, record.role, record.kind, record.action, fields)


def _keeping_line(keeping: Keeping) -> str:
    whose = "the clinic's own" if keeping.is_own else "by default"
    return tabbed(keeping.kind, f"{keeping.days} days", whose, f"{keeping.overdue} overdue")
