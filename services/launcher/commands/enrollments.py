import getpass

import click

from services.chassis.ask import ThreadedAskClient
from services.chassis.settings import environment
from services.contracts.enrollments import (
    EnrollmentChanges,
    EnrollmentLeft,
    ListTold,
    MigrateEnrollments,
    MigrationReply,
    ReminderChange,
    ToldRecord,
)
from services.contracts.errors import Refusal
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault

_actor = click.option("--by", "actor", help="Who asks for it; else the name you are logged in by.")


@click.group()
def enrollments() -> None:
    """Move enrollments to a newer version of their plan. Shows no patient."""


@enrollments.command()
@click.option("--plan", required=True, help="By slug.")
@click.option("--to", "version", type=int, required=True, help="The version the catalog has.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@_actor
def migrate(plan: str, version: int, dry_run: bool, actor: str | None) -> None:  # noqa: FBT001 - click passes flags this way
    """Move unsent reminders to a version of a plan.

    Steps match by their keys. A step that is gone is cancelled, and a new one is planned. If this
    is interrupted, start it again: what was migrated stays migrated.
    """
    command = MigrateEnrollments(
        plan=plan, to_version=version, actor=actor or getpass.getuser(), dry_run=dry_run
    )
    count = 0
    with asking(environment()) as client:
        while True:
            reply = _batch(client, command)
            for enrollment in reply.migrated:
                click.echo(_migrated_line(enrollment))
            for left in reply.left:
                click.echo(_left_line(left), err=True)
            count += len(reply.migrated)
            if reply.after is None:
                break
            command = _from(command, reply.after)
    outcome = "would be migrated" if dry_run else "migrated"
    click.echo(f"{count} {outcome}.")


def _batch(client: ThreadedAskClient, command: MigrateEnrollments) -> MigrationReply:
    reply = client.ask(command)
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    return reply


def _from(command: MigrateEnrollments, after: tuple[int, int]) -> MigrateEnrollments:
    return MigrateEnrollments(
        plan=command.plan,
        to_version=command.to_version,
        actor=command.actor,
        dry_run=command.dry_run,
        after=after,
    )


@click.command("told")
@click.option("--plan", required=True, help="The plan's slug.")
@click.option("--version", type=int, required=True, help="The plan's version.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def list_sent(plan: str, version: int, limit: int) -> None:
    """List what was sent from a version of a plan, by patient numbers, newest first."""
    with asking(environment()) as client:
        page = client.ask(ListTold(plan=plan, version=version, limit=limit))
    for record in page.items:
        click.echo(_sent_line(record))
    click.echo(f"{page.total} in all, {len(page.items)} shown.")


def _migrated_line(enrollment: EnrollmentChanges) -> str:
    changes = ", ".join(map(_change, enrollment.changes)) or "nothing changes but the text"
    return "\t".join(
        (
            f"clinic {enrollment.clinic_id}",
            f"enrollment {enrollment.enrollment_id}",
            f"from version {enrollment.from_version}",
            changes,
        )
    )


def _left_line(enrollment: EnrollmentLeft) -> str:
    where = f"clinic {enrollment.clinic_id}\tenrollment {enrollment.enrollment_id}"
    return f"{where}\tkeeps its version: {enrollment.refusal.message}"


def _change(change: ReminderChange) -> str:
    where = f" ({change.channel})" if change.channel else ""
    was = f" {change.was:%Y-%m-%dT%H:%MZ}" if change.was else ""
    becomes = f" → {change.becomes:%Y-%m-%dT%H:%MZ}" if change.becomes else ""
    return f"{change.effect} {change.step_key}{where}{was}{becomes}"


def _sent_line(record: ToldRecord) -> str:
    return "\t".join(
        (
            f"{record.at:%Y-%m-%dT%H:%MZ}",
            f"clinic {record.clinic_id}",
            f"patient {record.patient_id}",
            f"enrollment {record.enrollment_id}",
            record.step_key,
            record.channel,
            record.status,
        )
    )
