import getpass

import click
import msgspec

from services.contracts.enrollments import (
    EnrollmentChanges,
    EnrollmentLeft,
    MigrateEnrollments,
    ReminderChange,
)
from services.launcher.connection import accepted, asking
from services.launcher.printing import tabbed


@click.group()
def enrollments() -> None:
    """Move enrollments to a newer version of their plan. Shows no patient."""


@enrollments.command()
@click.option("--plan", required=True, help="By slug.")
@click.option("--to", "version", type=int, required=True, help="The version the catalog has.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--by", "actor", help="Who asks for it; else the name you are logged in by.")
def migrate(plan: str, version: int, actor: str | None, *, dry_run: bool) -> None:
    """Move unsent reminders to a version of a plan.

    Steps match by their keys. A step that is gone is cancelled, and a new one is planned. If this
    is interrupted, start it again: what was migrated stays migrated.
    """
    command = MigrateEnrollments(
        plan=plan, to_version=version, actor=actor or getpass.getuser(), dry_run=dry_run
    )
    count = 0
    with asking() as client:
        while True:
            reply = accepted(client.ask(command))
            for enrollment in reply.migrated:
                click.echo(_migrated_line(enrollment))
            for left in reply.left:
                click.echo(_left_line(left), err=True)
            count += len(reply.migrated)
            if reply.after is None:
                break
            command = msgspec.structs.replace(command, after=reply.after)
    outcome = "would be migrated" if dry_run else "migrated"
    click.echo(f"{count} {outcome}.")


def _migrated_line(enrollment: EnrollmentChanges) -> str:
    return tabbed(
        f"clinic {enrollment.clinic_id}",
        f"enrollment {enrollment.enrollment_id}",
        f"from version {enrollment.from_version}",
        ", ".join(map(_change, enrollment.changes)) or "nothing changes but the text",
    )


def _left_line(enrollment: EnrollmentLeft) -> str:
    where = f"clinic {enrollment.clinic_id}\tenrollment {enrollment.enrollment_id}"
    return f"{where}\tkeeps its version: {enrollment.refusal.message}"


def _change(change: ReminderChange) -> str:
    where = f" ({change.channel})" if change.channel else ""
    was = f" {change.was:%Y-%m-%dT%H:%MZ}" if change.was else ""
    becomes = f" → {change.becomes:%Y-%m-%dT%H:%MZ}" if change.becomes else ""
    return f"{change.effect} {change.step_key}{where}{was}{becomes}"
