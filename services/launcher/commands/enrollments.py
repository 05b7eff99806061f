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
    """Take enrollments to a newer version of their plan. Shows no patient."""


@enrollments.command()
@click.option("--plan", required=True, help="By slug.")
@click.option("--to", "version", type=int, required=True, help="The version the catalog has.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@_actor
def migrate(plan: str, version: int, dry_run: bool, actor: str | None) -> None:  # noqa: FBT001 - click passes flags so
    """Move what is unsent to a version of a plan; what was sent stays sent.

    Steps are the same by their key. One that is gone is cancelled, one that is new is planned.
    Interrupted, it is started again: what was migrated stays migrated.
    """
    command = MigrateEnrollments(
        plan=plan, to_version=version, actor=actor or getpass.getuser(), dry_run=dry_run
    )
    count = 0
    with asking(environment()) as client:
        while True:
            reply = _batch(client, command)
            for one in reply.migrated:
                click.echo(_migrated_line(one))
            for left in reply.left:
                click.echo(_left_line(left), err=True)
            count += len(reply.migrated)
            if reply.after is None:
                break
            command = _from(command, reply.after)
    said = "would be migrated" if dry_run else "migrated"
    click.echo(f"{count} {said}.")


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


@click.command()
@click.option("--plan", required=True, help="By slug.")
@click.option("--version", type=int, required=True, help="Which version.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def told(plan: str, version: int, limit: int) -> None:
    """List who was told something by a version of a plan, by numbers, newest first."""
    with asking(environment()) as client:
        page = client.ask(ListTold(plan=plan, version=version, limit=limit))
    for one in page.items:
        click.echo(_told_line(one))
    click.echo(f"{page.total} in all, {len(page.items)} shown.")


def _migrated_line(one: EnrollmentChanges) -> str:
    changes = ", ".join(map(_change, one.changes)) or "nothing changes but the text"
    return "\t".join((
        f"clinic {one.clinic_id}", f"enrollment {one.enrollment_id}",
        f"from version {one.from_version}", changes,
    ))  # fmt: skip


def _left_line(one: EnrollmentLeft) -> str:
    where = f"clinic {one.clinic_id}\tenrollment {one.enrollment_id}"
    return f"{where}\tkeeps its version: {one.refusal.message}"


def _change(one: ReminderChange) -> str:
    where = f" ({one.channel})" if one.channel else ""
    was = f" {one.was:%Y-%m-%dT%H:%MZ}" if one.was else ""
    becomes = f" → {one.becomes:%Y-%m-%dT%H:%MZ}" if one.becomes else ""
    return f"{one.effect} {one.step_key}{where}{was}{becomes}"


def _told_line(one: ToldRecord) -> str:
    return "\t".join((
        f"{one.at:%Y-%m-%dT%H:%MZ}", f"clinic {one.clinic_id}", f"patient {one.patient_id}",
        f"enrollment {one.enrollment_id}", one.step_key, one.channel, one.status,
    ))  # fmt: skip
