"""Writes number words in digits, as far as temperatures and scores need them.

English says “thirty nine point five” and “a hundred and one”, Spanish “treinta y nueve coma cinco”
and “ciento uno”. Both say half degrees: “38 y medio”.
"""

from collections.abc import Sequence
from typing import Final

from services.reading.word_lists import WordLists

_UNITS_END: Final = 10
_HUNDRED: Final = 100
_ENGLISH_ONE: Final = "one"
"""Only English says “one oh one”; the Spanish “o” is “or”."""
_HYPHEN: Final = "-"

Spoken = tuple[float, int]
"""A number, and how many words it takes: none if there is no number."""


def fold_numbers(words: Sequence[str], lists: WordLists) -> list[str]:
    """Write number words in digits: “thirty nine point five” → “39.5”, “38 y medio” → “38.5”."""
    if not any(word in lists.values or is_number(word) for word in words):
        return list(words)
    folded: list[str] = []
    at = 0
    while at < len(words):
        value, used = _spoken(words, at, lists)
        if not used and is_number(words[at]):
            value, used = number(words[at]), 1
        elif not used and _half(words, at + 1, lists) and (unit := _unit(words, at, lists)):
            value, used = float(unit), 1
        if not used:
            folded.append(words[at])
            at += 1
            continue
        at += used
        half = _half(words, at, lists)
        is_written = used == 1 and not half and is_number(words[at - 1])
        folded.append(words[at - 1] if is_written else f"{value + (0.5 if half else 0):g}")
        at += half
    return folded


def is_number(word: str) -> bool:
    return word[0].isdecimal()


def number(word: str) -> float:
    return float(word.replace(",", "."))


def _spoken(words: Sequence[str], at: int, lists: WordLists) -> Spoken:
    """A number word from here, with what belongs to it."""
    value = lists.values.get(words[at], 0)
    if _UNITS_END < value < _HUNDRED:
        unit, end = _unit_after(words, at + 1, lists)
        spoken = (value + unit, end - at) if 0 < unit < _UNITS_END else (value, 1)
        return _with_point(words, at, spoken, lists)
    is_article = value == 1 or words[at] in lists.of("ARTICLES")
    if value == _HUNDRED or (is_article and _value(words, at + 1, lists) == _HUNDRED):
        start = at + (1 if value == _HUNDRED else 2)
        unit, end = _unit_after(words, start, lists)
        return _with_point(words, at, (_HUNDRED + unit, end - at), lists)
    if words[at] == _ENGLISH_ONE and len(words) > at + 2 and words[at + 1] in lists.of("OH"):
        last = _unit(words, at + 2, lists)
        if last is not None:
            return _with_point(words, at, (_HUNDRED + last, 3), lists)
    return 0.0, 0


def _unit_after(words: Sequence[str], start: int, lists: WordLists) -> tuple[int, int]:
    """A unit and where it ends: “nine”, “y nueve”, “-nine”. Without one, 0 and the start."""
    at = start
    if at < len(words) and (words[at] == _HYPHEN or words[at] in lists.of("PLUS")):
        at += 1
    unit = _unit(words, at, lists)
    return (0, start) if unit is None else (unit, at + 1)


def _value(words: Sequence[str], at: int, lists: WordLists) -> int | None:
    return lists.values.get(words[at]) if at < len(words) else None


def _unit(words: Sequence[str], at: int, lists: WordLists) -> int | None:
    value = _value(words, at, lists)
    return value if value is not None and value <= _UNITS_END else None


def _with_point(words: Sequence[str], at: int, spoken: Spoken, lists: WordLists) -> Spoken:
    """Add “point five”."""
    value, used = spoken
    rest = words[at + used : at + used + 2]
    if len(rest) > 1 and rest[0] in lists.of("POINT"):
        unit = _unit(rest, 1, lists)
        tenth = rest[1] if rest[1].isdecimal() else str("" if unit is None else unit)
        if tenth:
            return value + float(f"0.{tenth}"), used + 2
    return value, used


def _half(words: Sequence[str], at: int, lists: WordLists) -> int:
    """How many words say “and a half” here."""
    joint, *rest = [*words[at : at + 3], "", ""][:3]
    if joint not in lists.of("PLUS"):
        return 0
    if rest[0] in lists.of("HALF"):
        return 2
    return 3 if rest[0] in lists.of("ARTICLES") and rest[1] in lists.of("HALF") else 0
