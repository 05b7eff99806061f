"""When a clinic is open, as a reader of a place says it: “Mon–Fri 09:00–18:00; Sat 10:00–14:00”."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Final

from services.contracts.clinic_hours import OpeningHours, Weekday
from services.reminders.core.readable_times import clock, short_weekday

_MONDAY: Final = date(2024, 1, 1)
_ALL_DAY: Final = "24 h"
_FEWEST_TO_SPAN: Final = 3

Span = tuple[time, time]


@lru_cache(maxsize=512)
def hours_in_words(hours: tuple[OpeningHours, ...], locale: str) -> str | None:
    """Say opening hours on one line, days that are alike together; None where none are stated.

    The times are those of the clinic's wall clock. Two days are named, three or more in a row are
    spanned.
    """
    alike: dict[tuple[Span, ...], list[int]] = {}
    for number, day in enumerate(Weekday):
        if spans := _spans(day, hours):
            alike.setdefault(spans, []).append(number)
    said = (f"{_days(days, locale)} {_times(its, locale)}" for its, days in alike.items())
    return "; ".join(said) or None


def _spans(day: Weekday, hours: Iterable[OpeningHours]) -> tuple[Span, ...]:
    return tuple(sorted((one.opens, one.closes) for one in hours if one.day is day))


def _days(days: Sequence[int], locale: str) -> str:
    in_a_row = groupby(enumerate(days), key=lambda one: one[1] - one[0])
    return ", ".join(_run([day for _, day in run], locale) for _, run in in_a_row)


def _run(days: Sequence[int], locale: str) -> str:
    names = [short_weekday(_MONDAY + timedelta(days=day), locale) for day in days]
    return f"{names[0]}–{names[-1]}" if len(names) >= _FEWEST_TO_SPAN else ", ".join(names)


def _times(spans: tuple[Span, ...], locale: str) -> str:
    return ", ".join(_span(span, locale) for span in spans)


def _span(span: Span, locale: str) -> str:
    opens, closes = span
    if opens == closes:
        return _ALL_DAY
    return f"{clock(opens, locale)}–{clock(closes, locale)}"
