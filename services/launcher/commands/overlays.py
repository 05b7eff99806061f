from pathlib import Path

import click

from services.contracts.content import (
    GetOverlay,
    ListOverlays,
    OverlayInfo,
    PutOverlay,
    PutOverlayReply,
    RemoveOverlay,
)
from services.contracts.reminders import ListClinics
from services.launcher.change_words import change_lines
from services.launcher.connection import asking, find_clinic
from services.launcher.faults import LauncherFault
from services.launcher.printing import conflict_lines, echo_lines, problem_list, tabbed

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_clinic = click.option("--clinic", required=True, help="The clinic's name or number.")


@click.group()
def overlays() -> None:
    """Apply a clinic's own values to a plan: phone, hours, texts, times within its limits."""


@overlays.command()
@_file
@_clinic
def check(file: Path, clinic: str) -> None:
    """Print the problems in FILE, or what it changes for patients. Nothing is put to use."""
    _print_changes(_sent(file, clinic, dry_run=True))
    click.echo("Nothing is wrong. Put it to use with: afterglow overlays put")


@overlays.command()
@_file
@_clinic
def put(file: Path, clinic: str) -> None:
    """Check FILE and use its values for patients that the clinic enrolls from now on."""
    reply = _sent(file, clinic, dry_run=False)
    _print_changes(reply)
    if info := reply.info:
        news = "is in use now" if reply.is_new else "was in use already, with the same values"
        click.echo(f"Version {info.version} of the clinic's own values for {info.plan} {news}.")
        click.echo(
            f"In production a clinician of the clinic signs it off before anybody is enrolled:"
            f"\n  version {info.plan_version}, contentHash {info.content_hash}"
        )


@overlays.command("list")
@click.option("--clinic", help="Only this clinic's, by name or number.")
def list_(clinic: str | None) -> None:
    """List values in use: clinic, plan, version, plan's version, since when, whether they fit."""
    with asking() as client:
        clinic_id = find_clinic(client, clinic).id if clinic else None
        in_use = client.ask(ListOverlays(clinic_id=clinic_id))
        names = {record.id: record.name for record in client.ask(ListClinics())} if in_use else {}
    for info in in_use:
        click.echo(_line(info, names.get(info.clinic_id, str(info.clinic_id))))
    echo_lines(conflict_lines(in_use))


@overlays.command()
@click.argument("plan")
@_clinic
def show(plan: str, clinic: str) -> None:
    """Print the file of the values that a clinic uses for PLAN."""
    with asking() as client:
        question = GetOverlay(clinic_id=find_clinic(client, clinic).id, plan=plan)
        text = client.ask(question)
    if text is None:
        raise LauncherFault(_none(plan, clinic))
    click.echo(text, nl=not text.endswith("\n"))


@overlays.command()
@click.argument("plan")
@_clinic
def remove(plan: str, clinic: str) -> None:
    """Use PLAN as the release has it, for patients that the clinic enrolls from now on."""
    with asking() as client:
        command = RemoveOverlay(clinic_id=find_clinic(client, clinic).id, plan=plan)
        was_there = client.ask(command)
    if not was_there:
        raise LauncherFault(_none(plan, clinic))
    click.echo(f"“{clinic}” uses {plan} as the catalog has it. Who is enrolled keeps what it was.")


def _sent(file: Path, clinic: str, *, dry_run: bool) -> PutOverlayReply:
    with asking() as client:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise LauncherFault(f"{file} is not UTF-8; save it as UTF-8.") from None
        command = PutOverlay(
            clinic_id=find_clinic(client, clinic).id, name=file.name, text=text, dry_run=dry_run
        )
        reply = client.ask(command)
    if reply.problems:
        raise LauncherFault(problem_list(reply.problems, "to correct before this can be used"))
    return reply


def _print_changes(reply: PutOverlayReply) -> None:
    echo_lines(change_lines(reply.changes))
    if reply.read_again:
        title = "texts to read again: in the catalog's words, they may speak of its time"
        click.echo(problem_list(reply.read_again, title))


def _line(info: OverlayInfo, clinic: str) -> str:
    fits = "does not fit" if info.conflicts else "fits"
    on = "no such plan" if info.plan_version is None else f"plan version {info.plan_version}"
    version, since = f"version {info.version}", f"{info.put_at:%Y-%m-%dT%H:%M:%SZ}"
    return tabbed(clinic, info.plan, version, on, since, fits)


def _none(plan: str, clinic: str) -> str:
    return f"“{clinic}” has no values of its own for {plan}; see `afterglow overlays list`."
