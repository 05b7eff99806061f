from collections.abc import Callable
from typing import TypeVar

import click
import msgspec

from services.chassis.ask import ThreadedAskClient
from services.contracts.enrollments import ListTold, ToldRecord
from services.contracts.operations import (
    HoldRecord,
    ListHolds,
    ListOperations,
    ListTroubled,
    MessageFilter,
    OperationRecord,
    PlaceHold,
    ReleaseHold,
    ReplanReminders,
    RetimedReminder,
    RetryMessages,
    TroubledRecord,
)
from services.contracts.words import ReminderStatus
from services.launcher.commands.clock import parse_duration
from services.launcher.commands.options import actor_option, limit_option, reason_option
from services.launcher.connection import accepted, asking, find_clinic
from services.launcher.faults import LauncherFault
from services.launcher.printing import echo_lines, tabbed

Command = TypeVar("Command", bound=Callable[..., None])

_CHANNELS = click.Choice(["sms", "email"], case_sensitive=False)


@click.group()
def reminders() -> None:
    """List messages with problems, retry them, hold and release. Shows no patient."""


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


@reminders.command()
@_filters
@limit_option
def failed(limit: int, **filters: str | None) -> None:
    """List messages that failed, newest first."""
    _list(ReminderStatus.FAILED, limit, filters)


@reminders.command()
@_filters
@limit_option
def unknown(limit: int, **filters: str | None) -> None:
    """List messages that may or may not have arrived, newest first."""
    _list(ReminderStatus.UNKNOWN, limit, filters)


@reminders.command()
@_filters
@actor_option
@reason_option
@click.option(
    "--unknown", "is_unknown", is_flag=True, help="Retry UNKNOWN messages instead of FAILED ones."
)
@click.option("--accept-duplicates", is_flag=True, help="With --unknown: some may arrive twice.")
@click.option("--dry-run", is_flag=True, help="Only count.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def retry(
    actor: str,
    reason: str,
    limit: int,
    *,
    is_unknown: bool,
    accept_duplicates: bool,
    dry_run: bool,
    **filters: str | None,
) -> None:
    """Retry messages that are still useful. Consent, windows and holds apply as always."""
    with asking() as client:
        command = RetryMessages(
            state=ReminderStatus.UNKNOWN if is_unknown else ReminderStatus.FAILED,
            which=_which(client, filters),
            actor=actor,
            reason=reason,
            accepts_duplicates=accept_duplicates,
            is_rehearsal=dry_run,
            limit=limit,
        )
        reply = accepted(client.ask(command))
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
@actor_option
@reason_option
def hold(actor: str, reason: str, *, is_all: bool, **selection: str | None) -> None:
    """Hold messages until released. None is dropped, but those no longer useful expire.

    Safety texts, staff alerts and confirmations of opt-outs are not held.
    """
    if is_all == any(selection.values()):
        raise LauncherFault("Name what to hold by --clinic, --channel, --provider or --plan.")
    with asking() as client:
        values = _selected(client, selection) | {"reason": reason, "actor": actor}
        command = msgspec.convert(values, PlaceHold)
        placed = accepted(client.ask(command))
    click.echo(_hold_line(placed))


@reminders.command()
@click.argument("number", type=int)
@actor_option
@reason_option
def release(number: int, actor: str, reason: str) -> None:
    """Release the hold with this number (see `reminders holds`)."""
    with asking() as client:
        command = ReleaseHold(hold_id=number, reason=reason, actor=actor)
        click.echo(_hold_line(accepted(client.ask(command))))


@reminders.command()
@click.option("--past", is_flag=True, help="Include released holds.")
def holds(*, past: bool) -> None:
    """List holds: number, what is held, how many wait, since when, by whom, why."""
    with asking() as client:
        echo_lines(map(_hold_line, client.ask(ListHolds(is_past=past))))


@reminders.command()
@limit_option
def acts(limit: int) -> None:
    """List operators' actions: when, what, number of messages, by whom, why."""
    with asking() as client:
        echo_lines(map(_act_line, client.ask(ListOperations(limit=limit))))


@reminders.command("told")
@click.option("--plan", required=True, help="The plan's slug.")
@click.option("--version", type=int, required=True, help="The plan's version.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def list_sent(plan: str, version: int, limit: int) -> None:
    """List what was sent from a version of a plan, by patient numbers, newest first."""
    with asking() as client:
        page = client.ask(ListTold(plan=plan, version=version, limit=limit))
    echo_lines(map(_sent_line, page.items))
    click.echo(f"{page.total} in all, {len(page.items)} shown.")


@reminders.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def replan(*, dry_run: bool) -> None:
    """Correct times after an update of time zones (the package tzdata).

    Reminders that are due at a local time of the patient keep that time. Those that are being sent
    or were sent do not change. If this is interrupted, start it again.
    """
    command = ReplanReminders(is_rehearsal=dry_run)
    looked_at = changed = 0
    with asking() as client:
        while True:
            reply = client.ask(command)
            echo_lines(map(_retimed_line, reply.retimed))
            looked_at += reply.looked_at
            changed += len(reply.retimed)
            if not reply.next:
                break
            command = msgspec.structs.replace(command, after=reply.next)
    outcome = "would change" if dry_run else "changed"
    click.echo(f"{changed} of {looked_at} {outcome} (time zone data {reply.zone_data}).")


def _list(state: ReminderStatus, limit: int, filters: dict[str, str | None]) -> None:
    with asking() as client:
        question = ListTroubled(state=state, which=_which(client, filters), limit=limit)
        page = client.ask(question)
    echo_lines(map(_line, page.items))
    click.echo(f"{page.total} in all, {len(page.items)} shown.")


def _which(client: ThreadedAskClient, filters: dict[str, str | None]) -> MessageFilter:
    values, since = _selected(client, filters), filters["since"]
    values["code"] = filters["code"]
    values["since_seconds"] = parse_duration(since).total_seconds() if since else None
    return msgspec.convert(values, MessageFilter)


def _selected(client: ThreadedAskClient, options: dict[str, str | None]) -> dict[str, object]:
    """Return the fields of a command that these options select messages by."""
    clinic, channel = options["clinic"], options["channel"]
    return {
        "clinic_id": find_clinic(client, clinic).id if clinic else None,
        "channel": channel.upper() if channel else None,
        "provider": options["provider"],
        "plan": options["plan"],
    }


def _line(message: TroubledRecord) -> str:
    return tabbed(
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


def _hold_line(record: HoldRecord) -> str:
    clinic = f"clinic {record.clinic_id}" if record.clinic_id is not None else None
    version = f"version {record.plan_version} (withdrawn)" if record.plan_version else None
    scope = (clinic, record.channel, record.provider, record.plan, version)
    state = f"released {record.released_at:%Y-%m-%dT%H:%MZ}" if record.released_at else "stands"
    return tabbed(
        record.id,
        ", ".join(part for part in scope if part) or "everything",
        f"{record.kept_back} kept back",
        state,
        f"since {record.placed_at:%Y-%m-%dT%H:%MZ}",
        record.placed_by,
        record.reason,
    )


def _act_line(operation: OperationRecord) -> str:
    return tabbed(
        f"{operation.at:%Y-%m-%dT%H:%MZ}",
        operation.kind,
        operation.affected,
        operation.actor,
        operation.filters,
        operation.reason,
    )


def _sent_line(record: ToldRecord) -> str:
    return tabbed(
        f"{record.at:%Y-%m-%dT%H:%MZ}",
        f"clinic {record.clinic_id}",
        f"patient {record.patient_id}",
        f"enrollment {record.enrollment_id}",
        record.step_key,
        record.channel,
        record.status,
    )


def _retimed_line(reminder: RetimedReminder) -> str:
    moved = f"{reminder.was:%Y-%m-%dT%H:%M:%SZ} -> {reminder.becomes:%Y-%m-%dT%H:%M:%SZ}"
    return f"clinic {reminder.clinic_id}  reminder {reminder.id}  {moved}  {reminder.local_due_at}"
