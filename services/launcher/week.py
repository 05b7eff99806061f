"""Opening hours as people write them: “mon-fri 09:00-13:00 14:00-18:00”."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, time
from itertools import groupby
from typing import Final

from services.contracts.clinic_hours import Closure, OpeningHours, Weekday
from services.launcher.faults import LauncherFault

_DAYS: Final = {day.value[:3].lower(): day for day in Weekday}
_WEEK: Final = tuple(Weekday)
_SPAN: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


def parse_hours(texts: Sequence[str]) -> tuple[OpeningHours, ...]:
    """Read days and their spans; raises LauncherFault for what cannot be read."""
    return tuple(one for text in texts for one in _line(text))


def parse_span(text: str) -> tuple[time, time]:
    """Read a span like 09:00-13:00; 24:00 is midnight."""
    found = _SPAN.fullmatch(text)
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise LauncherFault(f"“{text}” is no span of time; write it like 09:00-13:00.")
    closes = time(int(found[3]) % 24, int(found[4]))
    return time(int(found[1]), int(found[2])), closes


def parse_closure(text: str, note: str | None) -> Closure:
    """Read a day, or the first and last of several, like 2026-12-24..2026-12-26."""
    first, _, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        message = f"“{text}” names no days; write them like 2026-12-24..2026-12-26."
        raise LauncherFault(message) from None
    return Closure(first_day=days[0], last_day=days[1], note=note)


def show_hours(hours: Sequence[OpeningHours]) -> Iterator[str]:
    """A line for each day that has any, from Monday on."""
    ordered = sorted(hours, key=lambda one: (_WEEK.index(one.day), one.opens))
    for day, spans in groupby(ordered, key=lambda one: one.day):
        times = " ".join(f"{one.opens:%H:%M}-{_closing(one.closes)}" for one in spans)
        yield f"{day.value.lower()[:3]} {times}"


def show_closure(one: Closure) -> str:
    days = str(one.first_day)
    if one.last_day != one.first_day:
        days += f"..{one.last_day}"
    return f"{days}  {one.note}" if one.note else days


def _line(text: str) -> Iterator[OpeningHours]:
    days, *spans = text.lower().split() or [""]
    if not spans:
        message = f"“{text}” names no hours; write a line like mon-fri 09:00-13:00 14:00-18:00."
        raise LauncherFault(message)
    for day in _days(days):
        for span in spans:
            opens, closes = parse_span(span)
            yield OpeningHours(day=day, opens=opens, closes=closes)


def _days(text: str) -> tuple[Weekday, ...]:
    first, _, last = text.partition("-")
    if first not in _DAYS or (last or first) not in _DAYS:
        raise LauncherFault(f"“{text}” names no day; write {', '.join(_DAYS)}, or mon-fri.")
    begin, end = _WEEK.index(_DAYS[first]), _WEEK.index(_DAYS[last or first])
    return _WEEK[begin : end + 1] if begin <= end else (*_WEEK[begin:], *_WEEK[: end + 1])


def _closing(at: time) -> str:
    return "24:00" if at == time(0) else f"{at:%H:%M}"
