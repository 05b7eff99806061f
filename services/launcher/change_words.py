"""What changes from one release to another, for the clinicians who answer for it."""

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
"""What a part of a step is called, by the way to it; what patients notice comes first."""
_CHANNELS: Final = {"SMS": "text message", "EMAIL": "email"}
_DURATION: Final = re.compile(r"(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class _Told(msgspec.Struct, frozen=True):
    """One change, and the languages it is of."""

    change: Change
    locales: tuple[str, ...]

    @property
    def step(self) -> str:
        return self.change.path.partition("]")[0] if self.change.part else ""

    @property
    def inner(self) -> str:
        """The way within its step, else within its page."""
        return self.change.path.partition("]")[2].lstrip(".") if self.step else self.change.path


def told(changes: Iterable[Change]) -> Iterator[str]:
    """Line by line: page, step, and what of it changes for whom."""
    every = _by_language(changes)
    locales = {locale for each in every for locale in each.locales}
    for (kind, slug), of_page in groupby(every, lambda each: (each.change.kind, each.change.slug)):
        page = list(of_page)
        yield f"{page[0].change.page} ({kind} {slug})" if slug else kind
        for step, of_step in groupby(page, lambda each: each.step):
            lines = sorted(of_step, key=_rank)
            is_headed = bool(step) and all(each.inner for each in lines)
            if is_headed:
                yield f"  {lines[0].change.part}"
            for each in lines:
                yield from _lines("    " if is_headed else "  ", each, locales)


def _by_language(changes: Iterable[Change]) -> list[_Told]:
    """The same change in several languages is one, in the words of the first."""
    same: dict[tuple[str, ...], list[Change]] = {}
    for each in changes:
        is_whole = each.was is None or each.becomes is None
        said = "" if is_whole and each.part else f"{each.was}|{each.becomes}"
        same.setdefault((each.kind, each.slug, each.path, said), []).append(each)
    return [_Told(found[0], tuple(each.locale for each in found)) for found in same.values()]


def _rank(each: _Told) -> int:
    patterns = list(_WORDS)
    matching = (n for n, pattern in enumerate(patterns) if re.fullmatch(pattern, each.inner))
    return next(matching, len(patterns))


def _lines(indent: str, each: _Told, locales: set[str]) -> Iterator[str]:
    change = each.change
    what = _called(each)
    if len(each.locales) == 1 or set(each.locales) != locales:
        what = f"{what} ({', '.join(each.locales)})"
    was, becomes = (_worded(each.inner, value) for value in (change.was, change.becomes))
    if was is None or becomes is None:
        yield f"{indent}{'new' if was is None else 'gone'}: {what}: {becomes or was}"
    elif len(was) + len(becomes) <= _ONE_LINE:
        yield f"{indent}{what}: {was} → {becomes}"
    else:
        yield from (
            f"{indent}{what}",
            f"{indent}  was:     {was}",
            f"{indent}  becomes: {becomes}",
        )


def _called(each: _Told) -> str:
    if each.step and not each.inner:
        return "step"
    for pattern, words in _WORDS.items():
        if (match := re.fullmatch(pattern, each.inner)) and each.step:
            return words.format(*(_CHANNELS.get(part, part) for part in match.groups()))
    way = re.sub(r"^voice\b", "who writes and whom to call", each.inner)
    return way.replace("_", " ").replace(".", ", ") or "all of it"


def _worded(inner: str, value: str | None) -> str | None:
    """Lengths of time in words; anything else as it stands."""
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
