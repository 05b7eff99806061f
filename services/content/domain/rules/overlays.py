"""Rules for a plan with a clinic's own values, beside those for every plan."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import msgspec

from services.content.domain.faults import Fault, Path
from services.content.domain.messages import MessageText, message_texts
from services.content.domain.nodes import Document
from services.content.domain.phrases import flattened
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import ClinicsMay, NoticeSource, PlanSource, PlanStepSource
from services.content.domain.step_times import due, span
from services.content.domain.templates import names_used, template_faults, waits_named

_SHOWN: Final = 60  # characters of a text, enough to recognize it
_WHOM_TO_CALL: Final = ("clinic_phone", "emergency_number")


class Changed(msgspec.Struct, frozen=True):
    """A plan with a clinic's values and without. `locale` holds only the first."""

    locale: Locale
    document: Document
    plan: PlanSource
    base: PlanSource

    @property
    def name(self) -> str:
        return self.document.name

    def steps(self) -> Iterator[tuple[Path, PlanStepSource, PlanStepSource]]:
        """Yield each remaining step with its path and the catalog's version of it."""
        own = {step.key: step for step in self.base.steps}
        for number, step in enumerate(self.plan.steps):
            yield ("steps", number), step, own[step.key]

    def messages(self) -> Iterator[tuple[MessageText, str]]:
        """Yield each sound template with the catalog's text in its place."""
        own = {_place(message): message.text for message in message_texts(self.base)}
        for message in message_texts(self.plan):
            if not any(template_faults(message.text, message.extra)):
                yield message, own[_place(message)]

    def reworded(self) -> Iterator[tuple[MessageText, str]]:
        return ((message, own) for message, own in self.messages() if message.text != own)


def steps_move_within_their_span(changed: Changed) -> Faults:
    for path, step, own in changed.steps():
        where = (*path, "day" if step.after is None else "after")
        try:
            first, last = span(own)
            is_inside = first <= due(step) <= last
        except ValueError as fault:
            yield Fault(changed.name, where, str(fault))
            continue
        if not is_inside:
            yield Fault(changed.name, where, _outside(own))


def notices_stay(changed: Changed) -> Faults:
    for path, step, own in changed.steps():
        for block in own.body:
            if isinstance(block, NoticeSource) and block not in step.body:
                problem = f"a notice of the catalog is gone; keep it word for word: {block.text!r}"
                yield Fault(changed.name, (*path, "body"), problem)


def whom_to_call_stays(changed: Changed) -> Faults:
    for message, own in changed.reworded():
        for variable in _WHOM_TO_CALL:
            if variable in names_used(own) and variable not in names_used(message.text):
                problem = f"the catalog's text tells whom to call; show {{{{ {variable} }}}} too"
                yield Fault(changed.name, message.path, problem)


def red_flags_stay(changed: Changed) -> Faults:
    """A text must keep each red flag that the catalog's text has, on day 0 and later."""
    for message, own in changed.reworded():
        for code, flag in changed.locale.catalog.red_flags.items():
            if _says(own, flag.short) and not _says(message.text, flag.short):
                problem = f"the red flag {code} is gone from this text; write {flag.short!r}"
                yield Fault(changed.name, message.path, problem)


def waits_stay(changed: Changed) -> Faults:
    """A clinic may lengthen the waits that patients are told, never shorten them."""
    for message, own in changed.reworded():
        named, required = waits_named(message.text), waits_named(own)
        kept = named[len(named) - len(required) :]
        if len(named) < len(required) or any(a < b for a, b in zip(kept, required, strict=True)):
            hint = (
                f"a wait of the catalog's text is gone or shorter; name {_listed(required)} or more"
            )
            yield Fault(changed.name, message.path, hint)
        elif required and named[0] < required[0]:
            shortest, waits = _hours(required[0]), _listed(required)
            hint = f"no wait here is shorter than {shortest}; name {waits} or more"
            yield Fault(changed.name, message.path, hint)


RULES: Final[tuple[Callable[[Changed], Faults], ...]] = (
    notices_stay,
    whom_to_call_stays,
    red_flags_stay,
    waits_stay,
)


def read_again(changed: Changed) -> Faults:
    """Report the catalog's texts that may mention the time a step was moved from."""
    moved = {step.key: own for _, step, own in changed.steps() if due(step) != due(own)}
    waits = {due(own) for own in moved.values()}
    for path, step, own in changed.steps():
        if step.key in moved and step.body == own.body:
            yield Fault(changed.name, (*path, "body"), f"{step.key}, its page")
    for message, words in changed.messages():
        key = message.step.key if message.step else "check-ins"
        if message.text == words and (key in moved or waits.intersection(waits_named(words))):
            start = f"{flattened(words)[:_SHOWN]}…"
            yield Fault(changed.name, message.path, f"{key}, {message.channel.value}: {start}")


def _place(message: MessageText) -> tuple[object, ...]:
    """The path of a text, with the key of its step, because numbers change with left-out steps."""
    if message.step is None:
        return (message.channel, *message.path)
    return (message.step.key, *message.path[2:])


def _says(text: str, words: str) -> bool:
    return flattened(words).casefold() in flattened(text).casefold()


def _outside(step: PlanStepSource) -> str:
    may = step.clinics_may or ClinicsMay()
    ends = (may.earliest_day, may.latest_day) if step.after is None else (may.earliest, may.latest)
    first, last = (step.after or step.day if end is None else end for end in ends)
    if first == last:
        return "the plan lets clinics move this step not at all; remove this key"
    return f"clinics may choose {first} to {last} here; correct it"


def _hours(length: timedelta) -> str:
    hours = length / timedelta(hours=1)
    return f"{hours:g} hours"


def _listed(waits: tuple[timedelta, ...]) -> str:
    return ", ".join(_hours(wait) for wait in waits)
