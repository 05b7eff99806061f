"""Days, times and opening hours as people of a place write them: Unicode's CLDR, through Babel.

Months are always words, so that no reader takes the 3rd of April for the 4th of March. The place
decides between 12 and 24 hours. Spaces are plain, and “p. m.” is written “pm”: a thin space of CLDR
would cut a text message from 160 characters to 70, and a full stop after “p. m.” would be doubled.

Every function takes a tag such as en-US. Results are cached: Babel takes 20 to 30 µs for each.
"""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Final

from babel import localedata
from babel.dates import (
    format_date,
    format_skeleton,
    format_time,
    get_period_names,
    get_timezone_location,
)

from services.contracts.clinic_hours import OpeningHours, Weekday

_DEFAULT_PLACES: Final = {"en": "en_150"}
"""In CLDR, plain English is that of the United States; without a place, we use Europe's."""

_CACHED: Final = 4096
_MONDAY: Final = date(2024, 1, 1)
_ALL_DAY: Final = "24 h"
_SHORTEST_SPAN: Final = 3

Span = tuple[time, time]


@lru_cache(maxsize=_CACHED)
def clock(at: time, locale: str) -> str:
    """Write a time of day, like 15:40 or 3:40 PM."""
    name = _cldr(locale)
    text = format_time(at.replace(tzinfo=None), "short", locale=name)
    for period in get_period_names("abbreviated", "format", name).values():
        text = text.replace(period, "".join(filter(str.isalpha, period)))
    return _with_plain_spaces(text)


@lru_cache(maxsize=_CACHED)
def day_of_year(day: date, locale: str) -> str:
    """Write a day without its year, like 30 September or September 30."""
    return _with_plain_spaces(format_skeleton("MMMMd", day, locale=_cldr(locale)))


@lru_cache(maxsize=_CACHED)
def full_date(day: date, locale: str) -> str:
    """Write a day with its year."""
    return _with_plain_spaces(format_date(day, "long", locale=_cldr(locale)))


@lru_cache(maxsize=_CACHED)
def weekday(day: date, locale: str) -> str:
    """Name the day of the week of a day."""
    return format_date(day, "EEEE", locale=_cldr(locale))


@lru_cache(maxsize=_CACHED)
def short_weekday(day: date, locale: str) -> str:
    """Name the day of the week of a day in about three letters."""
    return format_date(day, "ccc", locale=_cldr(locale))


@lru_cache(maxsize=_CACHED)
def zone_city(zone: str, locale: str) -> str:
    """Name the city of a time zone, like Seoul of Asia/Seoul, or Seúl in Spanish."""
    city = get_timezone_location(zone, locale=_cldr(locale), return_city=True)
    return _with_plain_spaces(city.rpartition("/")[2])


@lru_cache
def _cldr(locale: str) -> str:
    """Find the CLDR locale of a tag, or that of its language where CLDR has none for the place."""
    language, _, rest = locale.partition("-")
    name = f"{language}_{rest.rpartition('-')[2]}"
    return name if localedata.exists(name) else _DEFAULT_PLACES.get(language, language)


def _with_plain_spaces(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=512)
def hours_in_words(hours: tuple[OpeningHours, ...], locale: str) -> str | None:
    """Write opening hours on one line, as in “Mon–Fri 09:00–18:00; Sat 10:00–14:00”.

    Days with the same hours stand together: two are named, three or more in a row are a span. The
    times are those of the clinic's wall clock. Returns None for a clinic that states no hours.
    """
    days_by_spans: dict[tuple[Span, ...], list[int]] = {}
    for number, day in enumerate(Weekday):
        if spans := _spans(day, hours):
            days_by_spans.setdefault(spans, []).append(number)
    parts = (
        f"{_days(days, locale)} {_times(spans, locale)}" for spans, days in days_by_spans.items()
    )
    return "; ".join(parts) or None


def _spans(day: Weekday, hours: Iterable[OpeningHours]) -> tuple[Span, ...]:
    return tuple(sorted((span.opens, span.closes) for span in hours if span.day is day))


def _days(days: Sequence[int], locale: str) -> str:
    in_a_row = groupby(
        enumerate(days), key=lambda place_and_day: place_and_day[1] - place_and_day[0]
    )
    return ", ".join(_run([day for _, day in run], locale) for _, run in in_a_row)


def _run(days: Sequence[int], locale: str) -> str:
    names = [short_weekday(_MONDAY + timedelta(days=day), locale) for day in days]
    return f"{names[0]}–{names[-1]}" if len(names) >= _SHORTEST_SPAN else ", ".join(names)


def _times(spans: tuple[Span, ...], locale: str) -> str:
    return ", ".join(_span(span, locale) for span in spans)


def _span(span: Span, locale: str) -> str:
    opens, closes = span
    if opens == closes:
        return _ALL_DAY
    return f"{clock(opens, locale)}–{clock(closes, locale)}"
