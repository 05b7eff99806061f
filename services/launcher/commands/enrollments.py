import getpass
from typing import Final

import click

from services.chassis.settings import environment
from services.contracts.enrollments import (
    EnrollmentChanges,
    EnrollmentLeft,
    ListTold,
    MigrateEnrollments,
    MigrationReply,
    ReminderChange,
    ToldRecord,
    WithdrawPlan,
)
from services.contracts.errors import Refusal
from services.contracts.reminders import STREAM
from services.launcher.connection import Asker, asking
from services.launcher.faults import LauncherFault

_BATCH_SECONDS: Final = 30.0

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
    with asking(environment()) as asker:
        while True:
            reply = _batch(asker, command)
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


def _batch(asker: Asker, command: MigrateEnrollments) -> MigrationReply:
    reply = asker.ask(STREAM, command, timeout=_BATCH_SECONDS)
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
@click.option("--reason", required=True, help="Why; kept with what was done.")
@_actor
def withdraw(plan: str, version: int, reason: str, actor: str | None) -> None:
    """Recall a version of a plan: nothing more of it is sent, nobody is enrolled in it.

    What it held goes on when its enrollments are migrated, or when the hold is released.
    """
    with asking(environment()) as asker:
        command = WithdrawPlan(
            plan=plan, version=version, reason=reason, actor=actor or getpass.getuser()
        )
        reply = asker.ask(STREAM, command)
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    click.echo(
        f"Hold {reply.hold_id} keeps back {reply.unsent} that are unsent; {reply.told} went out "
        "(see `reminders told`)."
    )


@click.command()
@click.option("--plan", required=True, help="By slug.")
@click.option("--version", type=int, required=True, help="Which version.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
def told(plan: str, version: int, limit: int) -> None:
    """List who was told something by a version of a plan, by numbers, newest first."""
    with asking(environment()) as asker:
        page = asker.ask(STREAM, ListTold(plan=plan, version=version, limit=limit))
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
