"""All texts of a plan, in a form to read before signing it off."""

from collections.abc import Iterator
from textwrap import indent

from services.contracts.catalog import AftercarePlan, AftercareStep
from services.contracts.check_in_questions import AnswerText, CheckInQuestion
from services.contracts.content import ClinicPlan

_INDENT = "    "


def plan_text(clinic_plan: ClinicPlan) -> str:
    """Format the plan in one locale. Double braces mark what is filled in later."""
    return "\n\n".join((_heading(clinic_plan), *map(_step, clinic_plan.plan.steps)))


def _heading(clinic_plan: ClinicPlan) -> str:
    plan, review = clinic_plan.plan, clinic_plan.review
    signed = "nobody yet"
    if review is not None:
        signed = f"{review.reviewer}, {review.reviewed_at:%Y-%m-%d}"
    lines = (
        f"{plan.title} ({plan.served_locale})",
        f"version {plan.version}, {_own_values(plan)}",
        f"content hash {plan.content_hash}, which covers every language",
        f"signed off by {signed}",
        *(f"DOES NOT FIT {problem.where}: {problem.what}" for problem in clinic_plan.conflicts),
        plan.summary,
    )
    return "\n".join(lines)


def _own_values(plan: AftercarePlan) -> str:
    if not plan.overlay_version:
        return "no values of the clinic's own"
    voice = plan.voice
    parts = (voice.sender_name, voice.phone, voice.hours) if voice else ()
    shown = "; ".join(filter(None, parts))
    return f"values of the clinic's own {plan.overlay_version}" + (f": {shown}" if shown else "")


def _step(step: AftercareStep) -> str:
    when = f"after {step.after}" if step.after else f"day {step.day}, {step.at}"
    parts = [f"== {step.key}: {step.kind}, {when}, of use for {step.useful_for}", step.title]
    parts += (block.text for block in step.body)
    parts += (f"! {flag.label}: {flag.action}" for flag in step.seek_help_if)
    for channel, messages in step.messages.items():
        for detail, body in (("discreet", messages.discreet), ("detailed", messages.detailed)):
            parts.append(_text(f"{channel}, {detail}", body.text, body.subject))
    if step.check_in is not None:
        parts += _question(step.check_in)
    return "\n".join(parts)


def _text(name: str, text: str, subject: str | None = None) -> str:
    heading = f"{name}: {subject}" if subject else f"{name}:"
    return f"{heading}\n{indent(text.strip(), _INDENT)}"


def _question(check_in: CheckInQuestion) -> Iterator[str]:
    choices = "\n".join(
        f"{option.value} {option.label} ({option.level})" for option in check_in.options
    )
    yield _text("asks", f"{check_in.question}\n{choices}")
    for level in check_in.replies.__struct_fields__:
        reply: AnswerText = getattr(check_in.replies, level)
        yield _text(f"answers {level.upper()}", reply.text, reply.subject)
    if check_in.nudge.sms is not None:
        yield _text("nudges, SMS", check_in.nudge.sms)
    if check_in.nudge.email is not None:
        yield _text("nudges, EMAIL", check_in.nudge.email.text, check_in.nudge.email.subject)
