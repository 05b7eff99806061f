"""Opening hours in the form “mon-fri 09:00-13:00 14:00-18:00”."""

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
    """Parse days and their spans. Raises LauncherFault if that fails."""
    return tuple(hours for text in texts for hours in _line(text))


def parse_span(text: str) -> tuple[time, time]:
    """Parse a span such as 09:00-13:00. The end of the day is 24:00."""
    match = _SPAN.fullmatch(text)
    if match is None or (match[3] == "24" and match[4] != "00"):
        raise LauncherFault(f"“{text}” is no span of time; write it like 09:00-13:00.")
    closes = time(int(match[3]) % 24, int(match[4]))
    return time(int(match[1]), int(match[2])), closes


def parse_closure(text: str, note: str | None) -> Closure:
    """Parse a day, or the first and last of several, such as 2026-12-24..2026-12-26."""
    first, _, last = text.partition("..")
    try:
        days = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        message = f"“{text}” names no days; write them like 2026-12-24..2026-12-26."
        raise LauncherFault(message) from None
    return Closure(first_day=days[0], last_day=days[1], note=note)


def show_hours(hours: Sequence[OpeningHours]) -> Iterator[str]:
    """Yield a line for each day with hours, from Monday on."""
    ordered = sorted(hours, key=lambda span: (_WEEK.index(span.day), span.opens))
    for day, spans in groupby(ordered, key=lambda span: span.day):
        times = " ".join(f"{span.opens:%H:%M}-{_closing(span.closes)}" for span in spans)
        yield f"{day.value.lower()[:3]} {times}"


def show_closure(closure: Closure) -> str:
    days = str(closure.first_day)
    if closure.last_day != closure.first_day:
        days += f"..{closure.last_day}"
    return f"{days}  {closure.note}" if closure.note else days


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
