from pathlib import Path

import click

from services.chassis.settings import environment
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
    """The source files of a catalog by their path below it."""
    paths = sorted(path for path in folder.rglob("*.yaml") if path.is_file())
    if not paths:
        raise LauncherFault(f"{folder} holds no .yaml files: name the folder of a catalog.")
    try:
        return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}
    except (OSError, UnicodeDecodeError) as fault:
        raise LauncherFault(f"A file of {folder} cannot be read as UTF-8 text: {fault}.") from None


def _listed(problems: tuple[Problem, ...]) -> str:
    lines = [f"{problem.where}: {problem.what}" for problem in problems]
    return "\n".join((*lines, f"{len(lines)} problems; nothing was published."))
