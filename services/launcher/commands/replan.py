"""`afterglow reminders replan`."""

import click

from services.chassis.settings import environment
from services.contracts.replanning import ReplanReminders, RetimedReminder
from services.launcher.connection import asking


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
def replan(dry_run: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Put times right after an update of time zones (the package tzdata).

    What is due at a time on the patient's clock stays at that time. What is under way or was sent
    is not touched. Interrupted, it is started again: what is right stays as it is.
    """
    command: ReplanReminders | None = ReplanReminders(is_rehearsal=dry_run)
    looked_at = changed = 0
    with asking(environment()) as client:
        while command is not None:
            reply = client.ask(command)
            for one in reply.retimed:
                click.echo(_line(one))
            looked_at += reply.looked_at
            changed += len(reply.retimed)
            command = (
                ReplanReminders(after=reply.next, is_rehearsal=dry_run) if reply.next else None
            )
    said = "would change" if dry_run else "changed"
    click.echo(f"{changed} of {looked_at} {said}.")


def _line(one: RetimedReminder) -> str:
    moved = f"{one.was:%Y-%m-%dT%H:%M:%SZ} -> {one.becomes:%Y-%m-%dT%H:%M:%SZ}"
    return f"clinic {one.clinic_id}  reminder {one.id}  {moved}  {one.local_due_at}"
