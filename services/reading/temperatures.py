"""Reads body temperatures in °C and °F.

A number is a temperature if a unit follows, if the text speaks of fever or a thermometer, if it is
read off (“got 38.5”), or if it is nearly the whole text. Numbers that count something else, weather
and temperatures that were not reached are left out. The ranges are those of a living person.
"""

import re
from collections.abc import Iterator
from typing import Final

from services.reading.number_words import is_number, number
from services.reading.patterns import Occurrences
from services.reading.scope import Standing, standing

_CELSIUS: Final = (34.0, 43.0)
_FAHRENHEIT: Final = (93.0, 110.0)
_PRICE: Final = re.compile(r"\d+[.,]\d[059]")
"""“38.50”: a thermometer shows one digit."""
_SURELY_FEVER: Final = 38
"""From here a number that is read off is a temperature without any other hint."""
_SHORT_ANSWER: Final = 3
_RECENT: Final = 3
"""Words before a number in which “below” speaks of it."""
_DEGREE_SIGN: Final = "°"
_ENDING_MARKS: Final = frozenset({"", ".", ",", "!", "?", ";", "\n", ")"})
_CURRENCY: Final = frozenset("$€£#")
_COUNTING_MARKS: Final = frozenset("%$€£")


def temperatures(occurrences: Occurrences) -> Iterator[float]:
    """Yield the temperatures of the writer, in °C."""
    if occurrences.of("OUTSIDE"):
        return
    words = occurrences.words
    plain = [word for word in words if word.isalnum() or is_number(word)]
    reads = occurrences.lists.of("READS")
    is_about = bool(occurrences.of("THERMOMETER")) or (
        len(plain) <= _SHORT_ANSWER and all(is_number(word) or word in reads for word in plain)
    )
    is_short = len(plain) <= 4 * _SHORT_ANSWER
    for at, word in enumerate(words):
        if not is_number(word) or _is_other_number(occurrences, at, is_about=is_about):
            continue
        is_temperature = (
            is_about
            or _has_unit(occurrences, at)
            or _is_read_off(occurrences, at, is_short=is_short)
        )
        if is_temperature and _counts(occurrences, at):
            yield from _celsius(number(word))


def _has_unit(occurrences: Occurrences, at: int) -> bool:
    after = occurrences.word(at + 1)
    return after == _DEGREE_SIGN or after in occurrences.lists.of("DEGREES")


def _is_read_off(occurrences: Occurrences, at: int, *, is_short: bool) -> bool:
    """“got 38.5 this morning”. A decimal number of a short text needs no “got”."""
    lists = occurrences.lists
    word, before, after = (occurrences.word(place) for place in (at, at - 1, at + 1))
    if _PRICE.fullmatch(word):
        return False
    is_decimal = is_short and not word.isdecimal()
    if not is_decimal and before != "," and before not in lists.of("READS"):
        return False
    ends = after in _ENDING_MARKS or after in lists.of("ENDS_READING")
    return ends and number(word) >= _SURELY_FEVER


def _counts(occurrences: Occurrences, at: int) -> bool:
    """Whether it is the writer's. “Is 38.5 a fever?” counts too, for it names the number."""
    its_standing = standing([(at, at + 1)], occurrences)
    if its_standing is not Standing.ASKED:
        return its_standing is Standing.AFFIRMED
    return any(start <= at < end for start, end in occurrences.of("ONLY_ASKED"))


def _is_other_number(occurrences: Occurrences, at: int, *, is_about: bool) -> bool:
    """A time, a price, a share, a date, an age, or a temperature that was not reached."""
    lists = occurrences.lists
    before, after = occurrences.word(at - 1), occurrences.word(at + 1)
    if after in lists.of("MEASURES") or after in _COUNTING_MARKS or before in _CURRENCY:
        return True
    if "/" in (before, after) or before == "-" or _is_time(occurrences, at):
        return True
    if before in lists.of("I_AM") and not is_about and not _has_unit(occurrences, at):
        return True
    recent = occurrences.words[max(0, at - _RECENT) : at]
    if not lists.of("BELOW").isdisjoint(recent):
        return True
    return not lists.of("NOT").isdisjoint(recent) and not lists.of("REACHES").isdisjoint(recent)


def _is_time(occurrences: Occurrences, at: int) -> bool:
    """“10:30”."""
    before, after = occurrences.word(at - 2), occurrences.word(at + 2)
    return (occurrences.word(at - 1) == ":" and before[:1].isdecimal()) or (
        occurrences.word(at + 1) == ":" and after[:1].isdecimal()
    )


def _celsius(degrees: float) -> Iterator[float]:
    if _CELSIUS[0] <= degrees <= _CELSIUS[1]:
        yield degrees
    elif _FAHRENHEIT[0] <= degrees <= _FAHRENHEIT[1]:
        yield (degrees - 32) * 5 / 9
