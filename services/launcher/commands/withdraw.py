"""Withdrawing a version of a plan: show the consequences, ask, then do it."""

import getpass
import sys
from typing import Final

import click

from services.chassis.ask import (
    ThreadedAskClient,
    UpstreamFailed,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from services.chassis.settings import environment
from services.contracts import content
from services.contracts.enrollments import ForeseeWithdrawal, WithdrawalOutlook, WithdrawPlan
from services.contracts.errors import Refusal
from services.launcher.connection import asking
from services.launcher.faults import LauncherFault

_BASE_LOCALE: Final = "en"
_READ_SECONDS: Final = 5.0


@click.command()
@click.argument("plan")
@click.argument("version", type=int)
@click.option("--reason", required=True, help="The reason, for the record.")
@click.option("--by", "actor", help="Who asks for it; by default your login name.")
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask, for scripts.")
def withdraw(
    plan: str,
    version: int,
    reason: str,
    actor: str | None,
    is_sure: bool,  # noqa: FBT001 - click passes flags this way
) -> None:
    """Withdraw VERSION of PLAN: nothing more of it is sent, and nobody is enrolled in it.

    The consequences are shown first. Held reminders continue when their enrollments are migrated,
    or when the hold is released.
    """
    with asking(environment()) as client:
        outlook = client.ask(ForeseeWithdrawal(plan=plan, version=version))
        for line in (
            *_consequences(plan, version, outlook),
            _in_the_catalog(client, plan, version),
        ):
            click.echo(line)
        if not is_sure:
            _confirm()
        command = WithdrawPlan(
            plan=plan, version=version, reason=reason, actor=actor or getpass.getuser()
        )
        reply = client.ask(command)
    if isinstance(reply, Refusal):
        raise LauncherFault(reply.message)
    for line in _what_next(plan, version, reply.hold_id):
        click.echo(line)


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
    question = content.GetClinicPlan(clinic_id=None, slug=plan, locale=_BASE_LOCALE)
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
