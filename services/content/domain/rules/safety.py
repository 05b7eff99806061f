"""Rules for the day of the procedure, and for conditions that somebody decides on beforehand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

from services.content.domain.faults import Fault
from services.content.domain.messages import MessageText, message_texts
from services.content.domain.phrases import flattened
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import ConditionEntry, PlanSource, PlanStepSource
from services.content.domain.step_times import readable_due
from services.content.domain.templates import names_shown, names_used, template_faults
from services.contracts.catalog import Channel, StepKind

_ALWAYS_SHOWN = ("clinic_phone", "emergency_number")
_SHOWN_WHEN_KNOWN = ("clinic_hours", "out_of_hours")
_ASKED_WITHIN: Final = timedelta(days=3)
"""Time before the procedure. After an earlier question, a cold sore may still come up."""


def plans_tell_when_to_call(locale: Locale) -> Faults:
    """On day 0 patients must read every red flag of the procedures, by SMS and by email."""
    for name, plan in locale.plans():
        day_0 = [(("steps", n), step) for n, step in enumerate(plan.steps) if is_day_0(step)]
        if not day_0:
            problem = "no CARE step on day 0; add one that tells every red flag and whom to call"
            yield Fault(name, ("steps",), problem)
        for path, step in day_0:
            for code in _flags(locale, plan):
                if code not in step.seek_help_if:
                    problem = f"the red flag {code} is missing on day 0; add it to seek_help_if"
                    yield Fault(name, (*path, "seek_help_if"), problem)
            if not (step.messages and step.messages.sms and step.messages.email):
                problem = "day 0 needs both sms and email; a red flag must reach every patient"
                yield Fault(name, (*path, "messages"), problem)


def day_0_messages_are_complete(locale: Locale) -> Faults:
    for name, plan in locale.plans():
        flags = _flags(locale, plan)
        for message in message_texts(plan):
            if message.step and is_day_0(message.step) and not message.is_subject:
                yield from _tells_flags(locale, name, message, flags)
                yield from _tells_whom_to_call(name, message)
                yield from _tells_the_hours(name, message)


def _tells_flags(locale: Locale, name: str, message: MessageText, flags: list[str]) -> Faults:
    text = flattened(message.text).casefold()
    for code in flags:
        short = locale.catalog.red_flags[code].short
        if flattened(short).casefold() not in text:
            yield Fault(name, message.path, f"the red flag {code} is missing; write {short!r}")


def _tells_whom_to_call(name: str, message: MessageText) -> Faults:
    if any(template_faults(message.text)):
        return
    for variable in _ALWAYS_SHOWN:
        if variable not in names_used(message.text):
            hint = f"a day-0 message tells whom to call; show {{{{ {variable} }}}} outside any if"
            yield Fault(name, message.path, hint)


def _tells_the_hours(name: str, message: MessageText) -> Faults:
    """An email must give the hours, in a sentence that is left out if the clinic has none."""
    if message.channel is not Channel.EMAIL or any(template_faults(message.text)):
        return
    sometimes = names_shown(message.text) - names_used(message.text)
    for variable in _SHOWN_WHEN_KNOWN:
        if variable not in sometimes:
            shown = f"{{{{ {variable} }}}} within {{% if {variable} %}}"
            problem = f"a day-0 email says when a clinic can be reached; show {shown}"
            yield Fault(name, message.path, problem)


def _flags(locale: Locale, plan: PlanSource) -> list[str]:
    """The codes of the red flags of the plan's procedures, without unknown ones."""
    procedures = locale.catalog.procedures_of(plan)
    codes = dict.fromkeys(code for procedure in procedures for code in procedure.red_flags)
    return [code for code in codes if code in locale.catalog.red_flags]


def is_day_0(step: PlanStepSource) -> bool:
    return step.key.startswith("day-0-") and step.kind is StepKind.CARE


def conditions_are_decided_on(locale: Locale) -> Faults:
    """A condition with `needs_decision` must be a clinician's task before the procedure."""
    for name, plan in locale.plans():
        decided = {
            code
            for step in plan.steps
            if step.kind is StepKind.CLINICIAN_TASK and _lead(step) > timedelta(0)
            for code in step.decides
        }
        for code in _conditions(locale, plan, lambda entry: entry.needs_decision):
            if code not in decided:
                problem = f"nobody decides on {code} before; add a CLINICIAN_TASK that `decides` it"
                yield Fault(name, ("steps",), problem)


def conditions_are_asked_again(locale: Locale) -> Faults:
    """Patients must be asked about `asked_again` conditions shortly before the procedure."""
    for name, plan in locale.plans():
        codes = {
            code
            for step in plan.steps
            if step.kind is StepKind.PREPARE and timedelta(0) < _lead(step) <= _ASKED_WITHIN
            for code in step.asks
        }
        for code in _conditions(locale, plan, lambda entry: entry.asked_again):
            if code not in codes:
                problem = (
                    f"nobody asks about {code} in the last {_ASKED_WITHIN.days} days; "
                    "add a PREPARE step that `asks`"
                )
                yield Fault(name, ("steps",), problem)


def _conditions(
    locale: Locale, plan: PlanSource, is_wanted: Callable[[ConditionEntry], bool]
) -> Iterator[str]:
    """Contraindications of the plan's procedures, without unknown ones."""
    procedures = locale.catalog.procedures_of(plan)
    codes = dict.fromkeys(e.code for procedure in procedures for e in procedure.contraindications)
    for code in codes:
        entry = locale.catalog.contraindications.get(code)
        if entry and is_wanted(entry):
            yield code


def _lead(step: PlanStepSource) -> timedelta:
    """How long before the procedure a step is due. Zero if that cannot be parsed."""
    return -(readable_due(step) or timedelta(0))
