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
from services.launcher.commands.enrollments import list_sent
from services.launcher.commands.replan import replan
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault

R = TypeVar("R")
Command = TypeVar("Command", bound=Callable[..., None])

_CHANNELS = click.Choice(["sms", "email"], case_sensitive=False)


@click.group()
def reminders() -> None:
    """List messages with problems, retry them, hold and release. Shows no patient."""


reminders.add_command(list_sent)
reminders.add_command(replan)


def _filters(command: Command) -> Command:
    options = (
        click.option("--clinic", help="Only this clinic's, by name or number."),
        click.option("--channel", type=_CHANNELS),
        click.option("--provider", help="Only messages that it had last."),
        click.option("--plan", help="Only this plan's, by slug."),
        click.option("--code", help="Only those with this reason, e.g. TIMEOUT."),
        click.option("--since", metavar="DURATION", help="Only of the last P1D, 36h, …"),
    )
    for option in reversed(options):
        command = option(command)
    return command


_actor = click.option("--by", "actor", help="Who asks for it; by default your login name.")
_reason = click.option("--reason", required=True, help="The reason, for the record.")


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
    """List messages that may or may not have arrived, newest first."""
    _list(ReminderStatus.UNKNOWN, limit, filters)


@reminders.command()
@_filters
@_actor
@_reason
@click.option(
    "--unknown", "is_unknown", is_flag=True, help="Retry UNKNOWN messages instead of FAILED ones."
)
@click.option("--accept-duplicates", is_flag=True, help="With --unknown: some may arrive twice.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def retry(
    actor: str | None,
    reason: str,
    is_unknown: bool,  # noqa: FBT001 - click passes flags this way
    accept_duplicates: bool,  # noqa: FBT001 - same
    dry_run: bool,  # noqa: FBT001 - same
    limit: int,
    **filters: str | None,
) -> None:
    """Retry messages that are still useful. Consent, windows and holds apply as always."""
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
    outcome = "would be sent again" if dry_run else "are sent again"
    click.echo(f"{reply.retried} {outcome}; {reply.too_late} are of no use any more.")


@reminders.command()
@click.option("--clinic", help="By name or number.")
@click.option("--channel", type=_CHANNELS)
@click.option("--provider", help="Other providers take over; without one, messages wait.")
@click.option("--plan", help="By slug.")
@click.option(
    "--all", "is_all", is_flag=True, help="Hold everything; required if nothing else is named."
)
@_actor
@_reason
def hold(
    is_all: bool,  # noqa: FBT001 - click passes flags this way
    actor: str | None,
    reason: str,
    **selection: str | None,
) -> None:
    """Hold messages until released. None is dropped, but those no longer useful expire.

    Safety texts, staff alerts and confirmations of opt-outs are not held.
    """
    clinic, channel = selection["clinic"], selection["channel"]
    if is_all == any(selection.values()):
        raise LauncherFault("Name what to hold by --clinic, --channel, --provider or --plan.")
    with asking(environment()) as client:
        placed = _accepted(
            client.ask(
                PlaceHold(
                    clinic_id=find_clinic(client, clinic).id if clinic else None,
                    channel=Channel(channel.upper()) if channel else None,
                    provider=selection["provider"],
                    plan=selection["plan"],
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
    """Release the hold with this number (see `reminders holds`)."""
    with asking(environment()) as client:
        command = ReleaseHold(hold_id=number, reason=reason, actor=actor or getpass.getuser())
        click.echo(_hold_line(_accepted(client.ask(command))))


@reminders.command()
@click.option("--past", is_flag=True, help="Include released holds.")
def holds(past: bool) -> None:  # noqa: FBT001 - click passes flags this way
    """List holds: number, what is held, how many wait, since when, by whom, why."""
    with asking(environment()) as client:
        for record in client.ask(ListHolds(is_past=past)):
            click.echo(_hold_line(record))


@reminders.command()
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def acts(limit: int) -> None:
    """List operators' actions: when, what, number of messages, by whom, why."""
    with asking(environment()) as client:
        for operation in client.ask(ListOperations(limit=limit)):
            click.echo(_act_line(operation))


def _list(state: ReminderStatus, limit: int, filters: dict[str, str | None]) -> None:
    with asking(environment()) as client:
        question = ListTroubled(state=state, which=_which(client, filters), limit=limit)
        page = client.ask(question)
    for message in page.items:
        click.echo(_line(message))
    click.echo(f"{page.total} in all, {len(page.items)} shown.")


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


def _line(message: TroubledRecord) -> str:
    return "\t".join(
        (
            f"{message.since:%Y-%m-%dT%H:%MZ}",
            f"clinic {message.clinic_id}",
            f"message {message.id}",
            message.kind,
            message.step_key or "-",
            message.channel,
            message.provider or "-",
            message.code or "-",
            f"{message.attempts} attempts",
            f"useful until {message.useful_until:%Y-%m-%dT%H:%MZ}",
            *(("sent again",) if message.is_retried else ()),
        )
    )


def _hold_line(record: HoldRecord) -> str:
    clinic = f"clinic {record.clinic_id}" if record.clinic_id is not None else None
    version = f"version {record.plan_version} (withdrawn)" if record.plan_version else None
    scope = (clinic, record.channel, record.provider, record.plan, version)
    state = f"released {record.released_at:%Y-%m-%dT%H:%MZ}" if record.released_at else "stands"
    return "\t".join(
        (
            str(record.id),
            ", ".join(part for part in scope if part) or "everything",
            f"{record.kept_back} kept back",
            state,
            f"since {record.placed_at:%Y-%m-%dT%H:%MZ}",
            record.placed_by,
            record.reason,
        )
    )


def _act_line(operation: OperationRecord) -> str:
    return "\t".join(
        (
            f"{operation.at:%Y-%m-%dT%H:%MZ}",
            operation.kind,
            str(operation.affected),
            operation.actor,
            operation.filters,
            operation.reason,
        )
    )
