"""What a clinic's own values must leave as it is, beside what every plan is held to."""

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

_SHOWN: Final = 60  # characters of a text, to know it by
_WHOM_TO_CALL: Final = ("clinic_phone", "emergency_number")


class Changed(msgspec.Struct, frozen=True):
    """A plan with a clinic's values, and without; `locale` holds the first alone."""

    locale: Locale
    document: Document
    plan: PlanSource
    base: PlanSource

    @property
    def name(self) -> str:
        return self.document.name

    def steps(self) -> Iterator[tuple[Path, PlanStepSource, PlanStepSource]]:
        """Each step that is left, where it lies, and as the catalog has it."""
        own = {step.key: step for step in self.base.steps}
        for number, step in enumerate(self.plan.steps):
            yield ("steps", number), step, own[step.key]

    def messages(self) -> Iterator[tuple[MessageText, str]]:
        """Each text that can be filled in, and what the catalog says in its place."""
        own = {_place(message): message.text for message in message_texts(self.base)}
        for message in message_texts(self.plan):
            if not any(template_faults(message.text, message.extra)):
                yield message, own[_place(message)]

    def reworded(self) -> Iterator[tuple[MessageText, str]]:
        """Those of them that the clinic has its own words for."""
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
                what = f"a notice of the catalog is gone; keep it word for word: {block.text!r}"
                yield Fault(changed.name, (*path, "body"), what)


def whom_to_call_stays(changed: Changed) -> Faults:
    for message, own in changed.reworded():
        for variable in _WHOM_TO_CALL:
            if variable in names_used(own) and variable not in names_used(message.text):
                what = f"the catalog's text tells whom to call; show {{{{ {variable} }}}} too"
                yield Fault(changed.name, message.path, what)


def red_flags_stay(changed: Changed) -> Faults:
    """Wherever the catalog tells one in its own words, on day 0 and later."""
    for message, own in changed.reworded():
        for code, flag in changed.locale.catalog.red_flags.items():
            if _says(own, flag.short) and not _says(message.text, flag.short):
                what = f"the red flag {code} is gone from this text; write {flag.short!r}"
                yield Fault(changed.name, message.path, what)


def waits_stay(changed: Changed) -> Faults:
    """What patients are told to wait for may take longer, never less."""
    for message, own in changed.reworded():
        named, asked = waits_named(message.text), waits_named(own)
        kept = named[len(named) - len(asked) :]
        if len(named) < len(asked) or any(a < b for a, b in zip(kept, asked, strict=True)):
            what = f"a wait of the catalog's text is gone or shorter; name {_listed(asked)} or more"
            yield Fault(changed.name, message.path, what)
        elif asked and named[0] < asked[0]:
            what = f"no wait here is shorter than {_hours(asked[0])}; name {_listed(asked)} or more"
            yield Fault(changed.name, message.path, what)


RULES: Final[tuple[Callable[[Changed], Faults], ...]] = (
    notices_stay,
    whom_to_call_stays,
    red_flags_stay,
    waits_stay,
)


def read_again(changed: Changed) -> Faults:
    """What is still in the catalog's words, and may speak of the time a step was moved from."""
    moved = {step.key: own for _, step, own in changed.steps() if due(step) != due(own)}
    waits = {due(own) for own in moved.values()}
    for path, step, own in changed.steps():
        if step.key in moved and step.body == own.body:
            yield Fault(changed.name, (*path, "body"), f"{step.key}, its page")
    for message, words in changed.messages():
        key = message.step.key if message.step else "check-ins"
        if message.text == words and (key in moved or waits.intersection(waits_named(words))):
            said = f"{flattened(words)[:_SHOWN]}…"
            yield Fault(changed.name, message.path, f"{key}, {message.channel.value}: {said}")


def _place(message: MessageText) -> tuple[object, ...]:
    """Where a text lies, with its step's key for its number: steps may have been left out."""
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
