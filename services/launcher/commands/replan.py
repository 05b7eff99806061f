"""`afterglow reminders replan`."""

import click

from services.chassis.settings import environment
from services.contracts.replanning import ReplanReminders, RetimedReminder
from services.launcher.connection import asking


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def replan(dry_run: bool) -> None:  # noqa: FBT001 - click passes flags this way
    """Correct times after an update of time zones (the package tzdata).

    Reminders that are due at a local time of the patient keep that time. Those that are being sent
    or were sent do not change. If this is interrupted, start it again.
    """
    command: ReplanReminders | None = ReplanReminders(is_rehearsal=dry_run)
    looked_at = changed = 0
    with asking(environment()) as client:
        while command is not None:
            reply = client.ask(command)
            for reminder in reply.retimed:
                click.echo(_line(reminder))
            looked_at += reply.looked_at
            changed += len(reply.retimed)
            command = (
                ReplanReminders(after=reply.next, is_rehearsal=dry_run) if reply.next else None
            )
    outcome = "would change" if dry_run else "changed"
    click.echo(f"{changed} of {looked_at} {outcome}.")


def _line(reminder: RetimedReminder) -> str:
    moved = f"{reminder.was:%Y-%m-%dT%H:%M:%SZ} -> {reminder.becomes:%Y-%m-%dT%H:%M:%SZ}"
    return f"clinic {reminder.clinic_id}  reminder {reminder.id}  {moved}  {reminder.local_due_at}"
