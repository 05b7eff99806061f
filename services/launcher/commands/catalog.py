import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from services.chassis.settings import environment
from services.content.domain.coverage import CoverageFile, cover_article
from services.content.source.reader import FolderFault, folder_files, shipped_files
from services.content.usecases.check_catalog import Checked
from services.content.usecases.check_catalog import check as check_files
from services.contracts.catalog import ReleaseInfo
from services.contracts.content import (
    DiffReleases,
    GetClinicPlan,
    GetRelease,
    GetReleaseInfo,
    ListReleases,
    PublishCatalog,
    PublishReply,
    RollBack,
    SignOffForDemo,
)
from services.launcher.catalog_output import conflict_lines, problem_list
from services.launcher.change_words import change_lines
from services.launcher.clinic_lookup import find_clinic
from services.launcher.commands.withdraw import withdraw
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault
from services.launcher.plan_text import plan_text

_READ_SECONDS = 5.0
_TO_MEND = "to mend before this can be published"
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def catalog() -> None:
    """Check and publish the catalog, compare releases, roll back, sign off plans."""


catalog.add_command(withdraw)


@catalog.command()
@click.argument("folder", type=_FOLDER, required=False)
def check(folder: Path | None) -> None:
    """Print every problem in FOLDER (or in the shipped catalog), as file:line."""
    files = _read(folder) if folder else shipped_files()
    # the real day, not the product's: reviews are due for the people who edit the catalog
    today = date(*time.gmtime()[:3])
    checked = check_files(files, today=today)
    if not isinstance(checked, Checked):
        raise LauncherFault(problem_list(checked, _TO_MEND))
    pages = sum(
        len(problem.procedures) + len(problem.concerns) + len(problem.plans)
        for problem in checked.catalogs.values()
    )
    click.echo(f"Nothing is wrong: {pages} pages, in {', '.join(sorted(checked.catalogs))}.")


@catalog.command()
@click.argument("folder", type=_FOLDER, required=False)
def coverage(folder: Path | None) -> None:
    """Print where FOLDER (or the shipped catalog) carries or corrects its first article."""
    covered = cover_article(_read(folder) if folder else shipped_files())
    if not isinstance(covered, CoverageFile):
        raise LauncherFault(problem_list(covered, "gaps in the coverage of the article"))
    for number, statement in covered.statements.items():
        click.echo(f"{number}  {statement.label}")
        for place in _places(statement.carried):
            click.echo(f"         carried    {place}")
        if statement.corrected:
            click.echo(f"         corrected  {statement.corrected}")
    for number, correction in covered.corrections.items():
        click.echo(f"{number}   {correction.what}\n         {correction.reason}")
        for place in _places(correction.shown):
            click.echo(f"         shown      {place}")
    corrected = sum(statement.corrected is not None for statement in covered.statements.values())
    click.echo(f"{len(covered.statements)} statements: no gap, {corrected} of them corrected.")


@catalog.command()
@click.argument("folder", type=_FOLDER, required=False)
@click.option("--instead-of", metavar="VERSION", help="Only while this release is the current one.")
def publish(folder: Path | None, instead_of: str | None) -> None:
    """Check FOLDER (or the shipped catalog) and publish it as a release.

    If somebody else publishes at the same time, one of the two commands fails and says so.
    """
    files = _read(folder) if folder else None
    with asking(environment()) as client:
        if instead_of is None:
            current = client.ask(GetReleaseInfo())
            instead_of = current.version if current else ""
        question = PublishCatalog(files=files, instead_of=instead_of)
        reply = client.ask(question)
    if reply.overtaken_by is not None:
        raise LauncherFault(_overtaken(reply.overtaken_by, instead_of))
    if reply.info is None:
        raise LauncherFault(problem_list(reply.problems, _TO_MEND))
    click.echo(_published(reply.info, reply))
    for line in conflict_lines(reply.conflicts):
        click.echo(line)


@catalog.command("list")
def list_() -> None:
    """List releases, newest first: version, time, content hash, and which is served."""
    with asking(environment()) as client:
        current = client.ask(GetReleaseInfo())
        for release in client.ask(ListReleases()):
            at = f"{release.published_at:%Y-%m-%dT%H:%M:%SZ}"
            line = f"{release.version}\t{at}\t{release.content_hash}"
            click.echo(f"{line}\tcurrent" if release == current else line)


@catalog.command()
@click.argument("before")
@click.argument("after", required=False)
def diff(before: str, after: str | None) -> None:
    """Print what changes from release BEFORE to AFTER (or to the current one)."""
    with asking(environment()) as client:
        reply = client.ask(DiffReleases(before=before, after=after))
    if reply.unknown_version is not None:
        raise LauncherFault(_no_release(reply.unknown_version))
    if not reply.changes:
        click.echo("Nothing changes.")
    for line in change_lines(reply.changes):
        click.echo(line)


@catalog.command("roll-back")
@click.argument("version")
def roll_back(version: str) -> None:
    """Serve the earlier release VERSION again. Patients keep the plans of their enrollments."""
    with asking(environment()) as client:
        reply = client.ask(RollBack(version=version))
    if reply.info is None:
        raise LauncherFault(_no_release(version))
    if reply.was == version:
        click.echo(f"Release {version} is the current one already.")
    else:
        click.echo(f"Release {version} is served again, instead of {reply.was}.")
        click.echo(f"What that changes: afterglow catalog diff {reply.was} {version}")
    for line in conflict_lines(reply.conflicts):
        click.echo(line)


@catalog.command()
@click.option("--clinic", help="As this clinic has it, by name or number; else as the catalog.")
@click.option("--locale", help="In this language alone.")
@click.argument("plan")
def read(plan: str, clinic: str | None, locale: str | None) -> None:
    """Print all texts of PLAN in every language, for the person who signs it off."""
    with asking(environment()) as client:
        clinic_id = None if clinic is None else find_clinic(client, clinic).id
        release = client.ask(GetRelease())
        locales = [locale] if locale else sorted(release.catalogs if release else ())
        asks = [GetClinicPlan(clinic_id=clinic_id, slug=plan, locale=locale) for locale in locales]
        plans = [client.ask(ask, timeout=_READ_SECONDS) for ask in asks]
    if not any(plans):
        raise LauncherFault(f"The current catalog has no plan {plan}.")
    click.echo("\n\n\n".join(plan_text(shown) for shown in plans if shown))


@catalog.command("sign-off")
@click.option("--clinic", required=True, help="The clinic's name or number.")
@click.argument("plans", nargs=-1, metavar="[PLAN]...")
def sign_off(clinic: str, plans: tuple[str, ...]) -> None:
    """Sign off plans by slug (or all) for a clinic as “Demo clinician”. Development only.

    In production a clinician reads a plan and signs it with a key of their own.
    """
    with asking(environment()) as client:
        question = SignOffForDemo(clinic_id=find_clinic(client, clinic).id, plans=plans or None)
        reply = client.ask(question)
    if reply.refusal is not None:
        raise LauncherFault(reply.refusal.message)
    for slug in reply.signed:
        click.echo(f"{slug} is signed off by “Demo clinician”, who has read nothing.")


def _published(info: ReleaseInfo, reply: PublishReply) -> str:
    if reply.was is None:
        return f"Published release {info.version}, the first."
    if reply.was.version == info.version:
        return f"Unchanged since release {info.version}."
    news = "Published release" if reply.is_new else "The same was published before: back to release"
    return "\n".join(
        (
            f"{news} {info.version}, instead of {reply.was.version}.",
            f"What that changes: afterglow catalog diff {reply.was.version} {info.version}",
        )
    )


def _overtaken(by: ReleaseInfo, instead_of: str) -> str:
    since = f"since {instead_of}" if instead_of else "since you began"
    at = f"{by.published_at:%Y-%m-%dT%H:%M:%SZ}"
    diff = (
        f"afterglow catalog diff {instead_of} {by.version}"
        if instead_of
        else "afterglow catalog list"
    )
    return (
        f"Nothing is published: {since}, release {by.version} became the current one ({at}), and "
        f"yours would undo what it changed. Take its changes over ({diff}), then publish again."
    )


def _no_release(version: str) -> str:
    return f"There is no release {version}; `afterglow catalog list` names those there are."


def _read(folder: Path) -> dict[str, str]:
    try:
        return folder_files(folder)
    except FolderFault as fault:
        raise LauncherFault(f"{fault}.") from None


def _places(places: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{file}.yaml: {path}" for file, paths in places.items() for path in paths]
