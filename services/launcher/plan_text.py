"""All that a plan can say to patients, laid out for somebody who answers for it."""

from collections.abc import Iterator
from textwrap import indent

from services.contracts.catalog import AftercarePlan, AftercareStep, MessageBody
from services.contracts.check_in_questions import CheckInQuestion
from services.contracts.content import ClinicPlan

_INDENT = "    "


def plan_text(found: ClinicPlan) -> str:
    """One locale of it. What is filled in when a message is sent stands in double braces."""
    return "\n\n".join((_heading(found), *map(_step, found.plan.steps)))


def _heading(found: ClinicPlan) -> str:
    plan, review = found.plan, found.review
    signed = "nobody yet"
    if review is not None:
        signed = f"{review.reviewer}, {review.reviewed_at:%Y-%m-%d}"
    lines = (
        f"{plan.title} ({plan.served_locale})",
        f"version {plan.version}, {_own_values(plan)}",
        f"content hash {plan.content_hash}, which covers every language",
        f"signed off by {signed}",
        *(f"DOES NOT FIT {one.where}: {one.what}" for one in found.conflicts),
        plan.summary,
    )
    return "\n".join(lines)


def _own_values(plan: AftercarePlan) -> str:
    if not plan.overlay_version:
        return "no values of the clinic's own"
    voice = plan.voice
    said = (voice.sender_name, voice.phone, voice.hours) if voice else ()
    spoken = "; ".join(filter(None, said))
    return f"values of the clinic's own {plan.overlay_version}" + (f": {spoken}" if spoken else "")


def _step(step: AftercareStep) -> str:
    when = f"after {step.after}" if step.after else f"day {step.day}, {step.at}"
    parts = [f"== {step.key}: {step.kind}, {when}, of use for {step.useful_for}", step.title]
    parts += (block.text for block in step.body)
    parts += (f"! {flag.label}: {flag.action}" for flag in step.seek_help_if)
    for channel, messages in step.messages.items():
        parts.append(_message(f"{channel}, discreet", messages.discreet))
        parts.append(_message(f"{channel}, detailed", messages.detailed))
    if step.check_in is not None:
        parts += _question(step.check_in)
    return "\n".join(parts)


def _message(name: str, body: MessageBody) -> str:
    return _text(name, body.text, body.subject)


def _text(name: str, text: str, subject: str | None = None) -> str:
    heading = f"{name}: {subject}" if subject else f"{name}:"
    return f"{heading}\n{indent(text.strip(), _INDENT)}"


def _question(asked: CheckInQuestion) -> Iterator[str]:
    choices = "\n".join(f"{one.value} {one.label} ({one.level})" for one in asked.options)
    yield _text("asks", f"{asked.question}\n{choices}")
    replies = asked.replies
    for level, reply in (
        ("GREEN", replies.green),
        ("AMBER", replies.amber),
        ("RED", replies.red),
        ("UNCLEAR", replies.unclear),
    ):
        yield _text(f"answers {level}", reply.text, reply.subject)
    if asked.nudge.sms is not None:
        yield _text("nudges, SMS", asked.nudge.sms)
    if asked.nudge.email is not None:
        yield _text("nudges, EMAIL", asked.nudge.email.text, asked.nudge.email.subject)
