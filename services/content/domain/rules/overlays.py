"""Rules for a clinic's own values, alone and applied to a plan, beside those for every plan."""

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from datetime import timedelta
from difflib import get_close_matches
from typing import Final

import msgspec

from services.content.domain.faults import Fault, Path
from services.content.domain.messages import MessageText, message_texts
from services.content.domain.nodes import Document
from services.content.domain.overlay_source import OverlayFile
from services.content.domain.phrases import flattened
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.rules.checked import Faults, Locale
from services.content.domain.source import ClinicsMay, NoticeSource, PlanSource, PlanStepSource
from services.content.domain.step_times import due, span
from services.content.domain.templates import (
    LONGEST_HOURS,
    LONGEST_NAME,
    names_used,
    template_faults,
    waits_named,
)
from services.contracts.sms.segments import non_gsm_characters

_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_BRACES: Final = re.compile(r"\{\{|\{%|\{#")
_SHOWN: Final = 60  # characters of a text, enough to recognize it
_WHOM_TO_CALL: Final = ("clinic_phone", "emergency_number")


def plan_is_known(values: OverlayFile, slugs: list[str]) -> Faults:
    slug = values.source.plan
    if slug not in slugs:
        near = get_close_matches(slug, slugs, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"plans: {', '.join(sorted(slugs))}"
        yield _fault(values, ("plan",), f"there is no plan {slug!r}; {hint}")


def plan_is_of_today(values: OverlayFile, version: int) -> Faults:
    """The author of the values must have read the current version of the plan."""
    if values.source.version != version:
        problem = f"the plan is at version {version} now; look what changed, then write {version}"
        yield _fault(values, ("version",), problem)


def only_what_may_is_left_out(values: OverlayFile, plan: PlanSource) -> Faults:
    keys = [step.key for step in plan.steps]
    may = [s.key for s in plan.steps if s.clinics_may and s.clinics_may.leave_out]
    for key, step in values.source.steps.items():
        if not step.leave_out or key in may:
            continue
        if key not in keys:
            near = get_close_matches(key, keys, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "remove it, or correct the name"
            yield _fault(values, ("steps", key), f"the plan has no step {key!r}; {hint}")
        else:
            names = ", ".join(may) or "no step"
            problem = f"{key} is for every patient; only {names} may be left out"
            yield _fault(values, ("steps", key, "leave_out"), problem)


def voice_can_be_used(values: OverlayFile) -> Faults:
    source = values.source
    if source.phone is not None and not _PHONE.fullmatch(source.phone):
        hint = f'{source.phone!r} is no number with its country; write one such as "+12025550188"'
        yield _fault(values, ("phone",), hint)
    if source.sender_name is not None:
        yield from _line(values, ("sender_name",), source.sender_name, LONGEST_NAME)
    for tag, hours in source.hours.items():
        yield from _line(values, ("hours", tag), hours, LONGEST_HOURS)


def locales_give_the_same_values(
    values: OverlayFile, own_words: AbstractSet[str], locales: AbstractSet[str]
) -> Faults:
    """Patients must be told the same in every language.

    `own_words` has the locales, beside the base, that translate the plan; others fall back.
    """
    source = values.source
    for tag in sorted(source.locales.keys() - own_words):
        problem = "has no words of its own for this plan; its words stand beside `plan`, or nowhere"
        yield _fault(values, ("locales", tag), f"{tag} {problem}")
    for tag in sorted(source.hours.keys() - locales):
        yield _fault(values, ("hours", tag), f"the catalog has no locale {tag!r}; remove it")
    for tag in sorted(locales - source.hours.keys()) if source.hours else ():
        yield _fault(values, ("hours",), f"the hours in {tag} are missing; add them")
    paths = {tag: set(_words(values, ("locales", tag))) for tag in own_words}
    paths[BASE_LOCALE] = set(_words(values, ()))
    for tag in sorted(paths):
        for path in sorted(set[Path]().union(*paths.values()) - paths[tag], key=str):
            where = f"under locales: {tag}" if tag != BASE_LOCALE else f"in {BASE_LOCALE}"
            problem = f"{'.'.join(map(str, path))} is not said {where}; say it in every locale"
            yield _fault(values, _elsewhere(values, path), problem)


def _words(values: OverlayFile, prefix: Path) -> Iterator[Path]:
    """Yield the path of each text below the prefix. A list of texts counts as one."""
    document = values.document
    for path in document.texts | document.lists_of_texts:
        is_below = path[: len(prefix)] == prefix and (prefix or path[0] != "locales")
        if is_below and not any(path[:end] in document.lists_of_texts for end in range(len(path))):
            yield path[len(prefix) :]


def _elsewhere(values: OverlayFile, path: Path) -> Path:
    """Find the path in any locale that has the text, so that a fault can point to it."""
    prefixes: list[Path] = [(), *(("locales", tag) for tag in values.source.locales)]
    return next(
        (full for prefix in prefixes if (full := (*prefix, *path)) in values.document.places), ()
    )


def _line(values: OverlayFile, path: Path, text: str, longest: int) -> Faults:
    if _BRACES.search(text):
        problem = "what stands in braces is not filled in here; write what patients are to read"
        yield _fault(values, path, problem)
    if len(text) > longest or not text.isprintable():
        problem = f"{len(text)} characters; write one line of {longest} at most"
        yield _fault(values, path, problem)
    if unusual := non_gsm_characters(text):
        problem = f"{' '.join(unusual)} is not in the SMS alphabet; write plain characters"
        yield _fault(values, path, problem)


def _fault(values: OverlayFile, path: Path, problem: str) -> Fault:
    return Fault(values.document.name, path, problem)


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
