"""Describes the changes between two releases for the clinicians who are responsible."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

import msgspec

from services.contracts.content import Change

_ONE_LINE: Final = 70
_WORDS: Final = {
    r"after": "due",
    r"day": "due on day",
    r"at": "due at",
    r"useful_for": "of use for",
    r"late": "when it is late",
    r"urgent": "before others",
    r"kind": "kind of step",
    r"purpose": "purpose",
    r"seek_help_if\[(.+?)\]": "red flag",
    r"seek_help_if\[(.+?)\]\.(\w+)": "red flag {}: {}",
    r"messages\.(SMS|EMAIL)": "{}",
    r"messages\.(SMS|EMAIL)\.(discreet|detailed)\.text": "{}, {}",
    r"messages\.(SMS|EMAIL)\.(discreet|detailed)\.subject": "{}, {}, subject",
    r"check_in\.question": "question",
    r"check_in\.options\[(.+?)\].*": "answer {}",
    r"check_in\.replies\.(\w+)\..*": "reply to {}",
    r"check_in\.(.+)": "check-in, {}",
    r"title": "title",
    r"body.*": "page",
    r"spread": "what sources say",
    r"sources.*": "sources",
}
"""Names for the parts of a step, by their paths. What patients notice comes first."""
_CHANNELS: Final = {"SMS": "text message", "EMAIL": "email"}
_DURATION: Final = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class _LocalizedChange(msgspec.Struct, frozen=True):
    change: Change
    locales: tuple[str, ...]

    @property
    def step(self) -> str:
        return self.change.path.partition("]")[0] if self.change.part else ""

    @property
    def inner(self) -> str:
        """The path within the step, or within the page if it is in no step."""
        return self.change.path.partition("]")[2].lstrip(".") if self.step else self.change.path


def change_lines(changes: Iterable[Change]) -> Iterator[str]:
    merged = _by_language(changes)
    locales = {locale for change in merged for locale in change.locales if locale}
    for (kind, slug), of_page in groupby(merged, _page_key):
        page = list(of_page)
        yield f"{page[0].change.page} ({kind} {slug})" if slug else kind
        for step, of_step in groupby(page, lambda localized: localized.step):
            of_step_sorted = sorted(of_step, key=_rank)
            is_headed = bool(step) and all(localized.inner for localized in of_step_sorted)
            if is_headed:
                yield f"  {of_step_sorted[0].change.part}"
            for localized in of_step_sorted:
                yield from _lines("    " if is_headed else "  ", localized, locales)


def _page_key(localized: _LocalizedChange) -> tuple[str, str]:
    return localized.change.kind, localized.change.slug


def _by_language(changes: Iterable[Change]) -> list[_LocalizedChange]:
    """Merge the same change in several languages, with the texts of the first language."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        is_whole = change.was is None or change.becomes is None
        values = "" if is_whole and change.part else f"{change.was}|{change.becomes}"
        groups.setdefault((change.kind, change.slug, change.path, values), []).append(change)
    return [
        _LocalizedChange(group[0], tuple(change.locale for change in group))
        for group in groups.values()
    ]


def _rank(localized: _LocalizedChange) -> int:
    patterns = list(_WORDS)
    matching = (n for n, pattern in enumerate(patterns) if re.fullmatch(pattern, localized.inner))
    return next(matching, len(patterns))


def _lines(indent: str, localized: _LocalizedChange, locales: set[str]) -> Iterator[str]:
    change = localized.change
    part = _part_name(localized)
    is_in_some = len(localized.locales) == 1 or set(localized.locales) != locales
    if change.locale and is_in_some:
        part = f"{part} ({', '.join(localized.locales)})"
    was, becomes = (_in_words(localized.inner, value) for value in (change.was, change.becomes))
    if was is None or becomes is None:
        yield f"{indent}{'new' if was is None else 'gone'}: {part}: {becomes or was}"
    elif len(was) + len(becomes) <= _ONE_LINE:
        yield f"{indent}{part}: {was} → {becomes}"
    else:
        yield from (
            f"{indent}{part}",
            f"{indent}  was:     {was}",
            f"{indent}  becomes: {becomes}",
        )


def _part_name(localized: _LocalizedChange) -> str:
    if localized.step and not localized.inner:
        return "step"
    for pattern, words in _WORDS.items():
        if (match := re.fullmatch(pattern, localized.inner)) and localized.step:
            return words.format(*(_CHANNELS.get(part, part) for part in match.groups()))
    path = re.sub(r"^voice\b", "who writes and whom to call", localized.inner)
    return path.replace("_", " ").replace(".", ", ") or "all of it"


def _in_words(inner: str, value: str | None) -> str | None:
    """Put durations into words, and leave other values as they are."""
    if value is None or not inner.endswith(("after", "useful_for")):
        return value
    length = _length(value)
    if inner != "after":
        return length
    if length == "":
        return "at the end of the procedure"
    return f"{length} {'before' if value.startswith('-') else 'after'} the procedure"


def _length(duration: str) -> str:
    match = _DURATION.fullmatch(duration)
    if match is None:
        return duration
    counted = zip(match.groups()[1:], ("day", "hour", "minute", "second"), strict=True)
    return " ".join(
        f"{count} {unit}{'' if count == '1' else 's'}"
        for count, unit in counted
        if count and count != "0"
    )
