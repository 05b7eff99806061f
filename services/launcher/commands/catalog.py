import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from services.chassis.ask import (
    ThreadedAskClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
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
from services.contracts.enrollments import ForeseeWithdrawal, WithdrawalOutlook, WithdrawPlan
from services.launcher.catalog_lengths import length_lines
from services.launcher.change_words import change_lines
from services.launcher.commands.options import actor_option, reason_option
from services.launcher.connection import accepted, asking, find_clinic
from services.launcher.faults import LauncherFault
from services.launcher.plan_text import plan_text
from services.launcher.printing import conflict_lines, echo_lines, problem_list

_READ_SECONDS = 5.0
_BASE_LOCALE = "en"
_TO_MEND = "to mend before this can be published"
_folder = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False
)


@click.group()
def catalog() -> None:
    """Check and publish the catalog, compare releases, roll back, sign off plans."""


@catalog.command()
@_folder
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
    echo_lines(length_lines(checked.catalogs.values()))


@catalog.command()
@_folder
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
@_folder
@click.option("--instead-of", metavar="VERSION", help="Only while this release is the current one.")
def publish(folder: Path | None, instead_of: str | None) -> None:
    """Check FOLDER (or the shipped catalog) and publish it as a release.

    If somebody else publishes at the same time, one of the two commands fails and says so.
    """
    files = _read(folder) if folder else None
    with asking() as client:
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
    echo_lines(conflict_lines(reply.conflicts))


@catalog.command("list")
def list_() -> None:
    """List releases, newest first: version, time, content hash, and which is served."""
    with asking() as client:
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
    with asking() as client:
        reply = client.ask(DiffReleases(before=before, after=after))
    if reply.unknown_version is not None:
        raise LauncherFault(_no_release(reply.unknown_version))
    if not reply.changes:
        click.echo("Nothing changes.")
    echo_lines(change_lines(reply.changes))


@catalog.command("roll-back")
@click.argument("version")
def roll_back(version: str) -> None:
    """Serve the earlier release VERSION again. Patients keep the plans of their enrollments."""
    with asking() as client:
        reply = client.ask(RollBack(version=version))
    if reply.info is None:
        raise LauncherFault(_no_release(version))
    if reply.was == version:
        click.echo(f"Release {version} is the current one already.")
    else:
        click.echo(f"Release {version} is served again, instead of {reply.was}.")
        click.echo(f"What that changes: afterglow catalog diff {reply.was} {version}")
    echo_lines(conflict_lines(reply.conflicts))


@catalog.command()
@click.option("--clinic", help="As this clinic has it, by name or number; else as the catalog.")
@click.option("--locale", help="In this language alone.")
@click.argument("plan")
def read(plan: str, clinic: str | None, locale: str | None) -> None:
    """Print all texts of PLAN in every language, for the person who signs it off."""
    with asking() as client:
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
    with asking() as client:
        question = SignOffForDemo(clinic_id=find_clinic(client, clinic).id, plans=plans or None)
        reply = client.ask(question)
    if reply.refusal is not None:
        raise LauncherFault(reply.refusal.message)
    for slug in reply.signed:
        click.echo(f"{slug} is signed off by “Demo clinician”, who has read nothing.")


@catalog.command()
@click.argument("plan")
@click.argument("version", type=int)
@reason_option
@actor_option
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask, for scripts.")
def withdraw(plan: str, version: int, reason: str, actor: str, *, is_sure: bool) -> None:
    """Withdraw VERSION of PLAN: nothing more of it is sent, and nobody is enrolled in it.

    The consequences are shown first. Held reminders continue when their enrollments are migrated,
    or when the hold is released.
    """
    with asking() as client:
        outlook = client.ask(ForeseeWithdrawal(plan=plan, version=version))
        echo_lines(_consequences(plan, version, outlook))
        click.echo(_in_the_catalog(client, plan, version))
        if not is_sure:
            _confirm()
        command = WithdrawPlan(plan=plan, version=version, reason=reason, actor=actor)
        reply = accepted(client.ask(command))
    echo_lines(_what_next(plan, version, reply.hold_id))


def _published(info: ReleaseInfo, reply: PublishReply) -> str:
    if reply.was is None:
        return f"Published release {info.version}, the first."
    if reply.was.version == info.version:
        return f"Unchanged since release {info.version}."
    news = "Published release" if reply.is_new else "The same was published before: back to release"
    return (
        f"{news} {info.version}, instead of {reply.was.version}.\n"
        f"What that changes: afterglow catalog diff {reply.was.version} {info.version}"
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


def _consequences(plan: str, version: int, outlook: WithdrawalOutlook) -> tuple[str, ...]:
    head = f"Withdrawing version {version} of {plan}:"
    if outlook.hold_id is not None:
        head = f"Version {version} of {plan} is withdrawn already (hold {outlook.hold_id}):"
    held = f"  {outlook.unsent} unsent reminders are held back"
    return (
        head,
        f"  {outlook.enrollments} running enrollments, of {outlook.clinics} clinics, follow it.",
        f"{held}; none is dropped, but each expires when its time is over.",
        f"  {outlook.told} reminders went out; those people are told nothing by this.",
        "  Nobody more is enrolled in it.",
    )


def _in_the_catalog(client: ThreadedAskClient, plan: str, version: int) -> str:
    """Say what the public sees. A withdrawal must not wait for the content service."""
    question = GetClinicPlan(clinic_id=None, slug=plan, locale=_BASE_LOCALE)
    try:
        shown = client.ask(question, timeout=_READ_SECONDS)
    except (UpstreamTimeout, UpstreamUnavailable, UpstreamFailed):
        return "  The content service does not answer: the public may still be shown this version."
    if shown is None:
        return "  The current release has no such plan, so the public is not shown it."
    if shown.plan.version != version:
        return f"  The public is shown version {shown.plan.version}, not this one."
    return (
        "  The PUBLIC IS STILL SHOWN IT, on web sites and printed sheets, until another release is "
        "current: go back\n  (`afterglow catalog roll-back`), or publish the plan mended, with "
        f"version: {version + 1}."
    )


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise LauncherFault(
            "Nothing is withdrawn: nobody is there to be asked. Say --yes to do it without."
        )
    if not click.confirm("Withdraw it?"):
        raise LauncherFault("Nothing is withdrawn.")


def _what_next(plan: str, version: int, hold: int) -> tuple[str, ...]:
    return (
        f"Withdrawn: hold {hold} keeps it back.",
        f"  who was told:       afterglow reminders told --plan {plan} --version {version}",
        f"  to a new version:   afterglow enrollments migrate --plan {plan} --to N --dry-run",
        f"  to lift it instead: afterglow reminders release {hold} --reason TEXT",
    )
