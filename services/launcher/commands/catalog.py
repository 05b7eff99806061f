import time
from datetime import date
from pathlib import Path

import click

from services.chassis.settings import environment
from services.content.source.reader import FolderFault, folder_files, shipped_files
from services.content.usecases.check_catalog import Checked
from services.content.usecases.check_catalog import check as check_files
from services.contracts.content import STREAM, ListReleases, Problem, PublishCatalog
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault

_PUBLISH_SECONDS = 30.0
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def catalog() -> None:
    """Check, publish and list the catalog of procedures."""


@catalog.command()
@click.argument("folder", type=_FOLDER, required=False)
def check(folder: Path | None) -> None:
    """Print everything that is wrong in FOLDER (else in the shipped catalog), as file:line."""
    files = _read(folder) if folder else shipped_files()
    # the real day, not the product's: a review falls due for the people who edit the catalog
    today = date(*time.gmtime()[:3])
    checked = check_files(files, today=today)
    if not isinstance(checked, Checked):
        raise LauncherFault(_listed(checked))
    pages = sum(
        len(each.procedures) + len(each.concerns) + len(each.plans)
        for each in checked.catalogs.values()
    )
    click.echo(f"Nothing is wrong: {pages} pages, in {', '.join(sorted(checked.catalogs))}.")


@catalog.command()
@click.argument("folder", type=_FOLDER, required=False)
def publish(folder: Path | None) -> None:
    """Check FOLDER (else the shipped catalog) and publish it as a release."""
    question = PublishCatalog(files=_read(folder) if folder else None)
    with asking(environment()) as asker:
        reply = asker.ask(STREAM, question, timeout=_PUBLISH_SECONDS)
    if reply.info is None:
        raise LauncherFault(_listed(reply.problems))
    news = "Published" if reply.is_new else "Unchanged since"
    click.echo(f"{news} release {reply.info.version}.")


@catalog.command("list")
def list_() -> None:
    """List releases, newest first: version, time of publishing, content hash."""
    with asking(environment()) as asker:
        for release in asker.ask(STREAM, ListReleases()):
            at = f"{release.published_at:%Y-%m-%dT%H:%M:%SZ}"
            click.echo(f"{release.version}\t{at}\t{release.content_hash}")


def _read(folder: Path) -> dict[str, str]:
    try:
        return folder_files(folder)
    except FolderFault as fault:
        raise LauncherFault(f"{fault}.") from None


def _listed(problems: tuple[Problem, ...]) -> str:
    lines = [f"{problem.where}: {problem.what}" for problem in problems]
    return "\n".join((f"{len(lines)} to mend before this can be published:", *lines))
