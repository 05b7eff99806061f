import getpass
from collections.abc import Callable
from typing import TypeVar

import click

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import environment
from services.contracts.catalog import Channel
from services.contracts.errors import Refusal
from services.contracts.operations import (
    HoldRecord,
    ListHolds,
    ListOperations,
    ListTroubled,
    MessageFilter,
    OperationRecord,
    PlaceHold,
    ReleaseHold,
    RetryMessages,
    TroubledRecord,
)
from services.contracts.words import ReminderStatus
from services.launcher.clinic_lookup import find_clinic
from services.launcher.commands.clock import parse_duration
from services.launcher.commands.enrollments import told
from services.launcher.commands.replan import replan
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault

R = TypeVar("R")
Command = TypeVar("Command", bound=Callable[..., None])

_CHANNELS = click.Choice(["sms", "email"], case_sensitive=False)


@click.group()
def reminders() -> None:
    """See messages in trouble, send them again, hold and release. Shows no patient."""


reminders.add_command(told)
reminders.add_command(replan)


def _filters(command: Command) -> Command:
    options = (
        click.option("--clinic", help="Only this clinic's, by name or number."),
        click.option("--channel", type=_CHANNELS),
        click.option("--provider", help="Only those it had last."),
        click.option("--plan", help="Only this plan's, by slug."),
        click.option("--code", help="Only those with this reason, e.g. TIMEOUT."),
        click.option("--since", metavar="DURATION", help="Only of the last P1D, 36h, …"),
    )
    for option in reversed(options):
        command = option(command)
    return command


_actor = click.option("--by", "actor", help="Who asks for it; else the name you are logged in by.")
_reason = click.option("--reason", required=True, help="Why; kept with what was done.")


@reminders.command()
@_filters
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def failed(limit: int, **filters: str | None) -> None:
    """List messages that failed, newest first."""
    _list(ReminderStatus.FAILED, limit, filters)


@reminders.command()
@_filters
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def unknown(limit: int, **filters: str | None) -> None:
    """List messages of which nobody knows whether they arrived, newest first."""
    _list(ReminderStatus.UNKNOWN, limit, filters)


@reminders.command()
@_filters
@_actor
@_reason
@click.option("--unknown", "is_unknown", is_flag=True, help="Those that are UNKNOWN, not FAILED.")
@click.option(
    "--accept-duplicates", is_flag=True, help="With --unknown: some may arrive a second time."
)
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def retry(
    actor: str | None,
    reason: str,
    is_unknown: bool,  # noqa: FBT001 - click passes flags so
    accept_duplicates: bool,  # noqa: FBT001 - same
    dry_run: bool,  # noqa: FBT001 - same
    limit: int,
    **filters: str | None,
) -> None:
    """Send messages again that are still of use; consent, windows and holds rule as ever."""
    with asking(environment()) as client:
        reply = _accepted(
            client.ask(
                RetryMessages(
                    state=ReminderStatus.UNKNOWN if is_unknown else ReminderStatus.FAILED,
                    which=_which(client, filters),
                    actor=actor or getpass.getuser(),
                    reason=reason,
                    accepts_duplicates=accept_duplicates,
                    is_rehearsal=dry_run,
                    limit=limit,
                ),
            )
        )
    said = "would be sent again" if dry_run else "are sent again"
    click.echo(f"{reply.retried} {said}; {reply.too_late} are of no use any more.")


@reminders.command()
@click.option("--clinic", help="By name or number.")
@click.option("--channel", type=_CHANNELS)
@click.option("--provider", help="Others take over; where there are none, messages wait.")
@click.option("--plan", help="By slug.")
@click.option("--all", "is_all", is_flag=True, help="Everything; needed where nothing is named.")
@_actor
@_reason
def hold(
    is_all: bool,  # noqa: FBT001 - click passes flags so
    actor: str | None,
    reason: str,
    **what: str | None,
) -> None:
    """Keep messages back until released; none is dropped, but those of no use any more expire.

    Safety texts, staff alerts and confirmations of an opt-out are not held.
    """
    clinic, channel = what["clinic"], what["channel"]
    if is_all == any(what.values()):
        raise LauncherFault("Name what to hold by --clinic, --channel, --provider or --plan.")
    with asking(environment()) as client:
        placed = _accepted(
            client.ask(
                PlaceHold(
                    clinic_id=find_clinic(client, clinic).id if clinic else None,
                    channel=Channel(channel.upper()) if channel else None,
                    provider=what["provider"],
                    plan=what["plan"],
                    reason=reason,
                    actor=actor or getpass.getuser(),
                ),
            )
        )
    click.echo(_hold_line(placed))


@reminders.command()
@click.argument("number", type=int)
@_actor
@_reason
def release(number: int, actor: str | None, reason: str) -> None:
    """Release the hold of this number (see `reminders holds`)."""
    with asking(environment()) as client:
        command = ReleaseHold(hold_id=number, reason=reason, actor=actor or getpass.getuser())
        click.echo(_hold_line(_accepted(client.ask(command))))


@reminders.command()
@click.option("--past", is_flag=True, help="Those released as well.")
def holds(past: bool) -> None:  # noqa: FBT001 - click passes flags so
    """List holds: number, what is held, how many wait, since when, by whom, why."""
    with asking(environment()) as client:
        for one in client.ask(ListHolds(is_past=past)):
            click.echo(_hold_line(one))


@reminders.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def acts(limit: int) -> None:
    """List what operators did: when, what, to how many, by whom, why."""
    with asking(environment()) as client:
        for one in client.ask(ListOperations(limit=limit)):
            click.echo(_act_line(one))


def _list(state: ReminderStatus, limit: int, filters: dict[str, str | None]) -> None:
    with asking(environment()) as client:
        question = ListTroubled(state=state, which=_which(client, filters), limit=limit)
        found = client.ask(question)
    for one in found.items:
        click.echo(_line(one))
    click.echo(f"{found.total} in all, {len(found.items)} shown.")


def _which(client: ThreadedAskClient, filters: dict[str, str | None]) -> MessageFilter:
    clinic, channel, since = filters["clinic"], filters["channel"], filters["since"]
    return MessageFilter(
        clinic_id=find_clinic(client, clinic).id if clinic else None,
        channel=Channel(channel.upper()) if channel else None,
        provider=filters["provider"],
        plan=filters["plan"],
        code=filters["code"],
        since_seconds=parse_duration(since).total_seconds() if since else None,
    )


def _accepted(reply: R | Refusal) -> R:
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    return reply


def _line(one: TroubledRecord) -> str:
    return "\t".join((
        f"{one.since:%Y-%m-%dT%H:%MZ}", f"clinic {one.clinic_id}", f"message {one.id}", one.kind,
        one.step_key or "-", one.channel, one.provider or "-", one.code or "-",
        f"{one.attempts} attempts", f"useful until {one.useful_until:%Y-%m-%dT%H:%MZ}",
        *(("sent again",) if one.is_retried else ()),
    ))  # fmt: skip


def _hold_line(one: HoldRecord) -> str:
    clinic = f"clinic {one.clinic_id}" if one.clinic_id is not None else None
    version = f"version {one.plan_version} (withdrawn)" if one.plan_version else None
    what = (clinic, one.channel, one.provider, one.plan, version)
    state = f"released {one.released_at:%Y-%m-%dT%H:%MZ}" if one.released_at else "stands"
    return "\t".join((
        str(one.id), ", ".join(part for part in what if part) or "everything",
        f"{one.kept_back} kept back", state, f"since {one.placed_at:%Y-%m-%dT%H:%MZ}",
        one.placed_by, one.reason,
    ))  # fmt: skip


def _act_line(one: OperationRecord) -> str:
    return "\t".join((
        f"{one.at:%Y-%m-%dT%H:%MZ}", one.kind, str(one.affected), one.actor, one.filters,
        one.reason,
    ))  # fmt: skip
