"""Rules for a clinic's file alone, before it is applied to a plan."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from typing import Final

from services.content.domain.faults import Fault, Path
from services.content.domain.overlay_source import OverlayFile
from services.content.domain.reading import BASE_LOCALE
from services.content.domain.rules.checked import Faults
from services.content.domain.source import PlanSource
from services.content.domain.templates import LONGEST_HOURS, LONGEST_NAME
from services.contracts.sms_segments import non_gsm_characters

_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_BRACES: Final = re.compile(r"\{\{|\{%|\{#")


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
