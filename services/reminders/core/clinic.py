"""Defaults of a clinic by its country, and whether it is open. Pure: the moment is an argument.

Spans are read on the clinic's wall clock, so 09:00 stays 09:00 when the clocks change. A span that
crosses midnight belongs to the day it begins on. A closure removes every span that begins on one
of its days, and closes those days themselves.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from services.contracts.clinic_hours import Closure, OpeningHours, Weekday
from services.contracts.reminders import ClinicRecord, QuietHours
from services.reminders.core.windows import instant, require_aware, zone_named

QUIET_HOURS: Final = QuietHours(start=time(20), end=time(9))

EMERGENCY_NUMBERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("AR", "CA", "CR", "DO", "EC", "MX", "PA", "PH", "US", "UY"), "911"),
    **dict.fromkeys(("GB", "HK", "IE", "MY"), "999"),
    **dict.fromkeys(("JP", "KR"), "119"),
    "AU": "000",
    "BR": "192",
    "CL": "131",
    "CO": "123",
    "NZ": "111",
    "SG": "995",
    "ZA": "10177",
}
"""Numbers for an ambulance by country (ISO 3166-1); a clinic may be created with another."""

INTERNATIONAL: Final = "112"
"""The number of the European Union and of most mobile networks elsewhere."""


TERRITORIES: Final[Mapping[str, frozenset[str]]] = {
    "GB": frozenset({"GG", "IM", "JE"}),
    "US": frozenset({"AS", "GU", "MP", "PR", "VI"}),
}
"""Territories with ISO 3166-1 codes of their own that share a country's phone numbers."""


def served_with(countries: Iterable[str]) -> frozenset[str]:
    """The countries and their territories."""
    named = frozenset(countries)
    return named.union(*(TERRITORIES.get(country, ()) for country in named))


def emergency_number(country: str) -> str:
    return EMERGENCY_NUMBERS.get(country, INTERNATIONAL)


def emergency_number_for(region: str | None, *, country: str, own: str) -> str:
    """The emergency number where a patient lives.

    `region` is the patient's (ISO 3166-2); `country` and `own` are the clinic's. The clinic's own
    number holds for everybody who is not known to live in another country.
    """
    lives_in = (region or country).partition("-")[0]
    return own if lives_in == country else emergency_number(lives_in)


WEEK: Final = tuple(Weekday)
_A_DAY: Final = timedelta(days=1)
_DAYS_AHEAD: Final = 30
_DAY_MINUTES: Final = 24 * 60
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES


def is_open(clinic: ClinicRecord, at: datetime) -> bool:
    """Whether a clinic is open. A clinic that states no hours is open except for its closures.

    Raises NaiveTime for a time without an offset.
    """
    require_aware(at)
    wall = at.astimezone(zone_named(clinic.time_zone)).replace(tzinfo=None, fold=0)
    if _is_closed(wall.date(), clinic.closures):
        return False
    if not clinic.opening_hours:
        return True
    return any(
        begins <= wall < ends
        for day in (wall.date() - _A_DAY, wall.date())
        if not _is_closed(day, clinic.closures)
        for begins, ends in _spans(day, clinic.opening_hours)
    )


def after_open_time(clinic: ClinicRecord, start: datetime, length: timedelta) -> datetime:
    """When a clinic has been open for so long since `start`.

    A clinic that is closed for the next weeks gets `length` on the wall clock: nothing waits
    forever.
    """
    require_aware(start)
    left = length
    for begins, ends in _openings(clinic, start):
        open_for = ends - begins
        if open_for >= left:
            return begins + left
        left -= open_for
    return start + length


def end_of_day(clinic: ClinicRecord, now: datetime, *, at_least: timedelta) -> datetime:
    """Midnight at a clinic, or `at_least` from now if that is later."""
    zone = zone_named(clinic.time_zone)
    tomorrow = now.astimezone(zone).date() + _A_DAY
    return max(instant(tomorrow, time(0), zone), now + at_least)


def _openings(clinic: ClinicRecord, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The spans, from `start` on, in which a clinic is open in the next weeks, in their order."""
    zone = zone_named(clinic.time_zone)
    first = start.astimezone(zone).date() - _A_DAY
    whole_day = not clinic.opening_hours
    for number in range(_DAYS_AHEAD):
        day = first + number * _A_DAY
        if _is_closed(day, clinic.closures):
            continue
        midnight = datetime.combine(day, time(0))
        spans = [(midnight, midnight + _A_DAY)] if whole_day else _spans(day, clinic.opening_hours)
        for begins, ends in sorted(spans):
            from_, to = (instant(wall.date(), wall.time(), zone) for wall in (begins, ends))
            if to > start:
                yield max(from_, start), to


def overlapping(hours: Iterable[OpeningHours]) -> OpeningHours | None:
    """Find a span that begins before an earlier one of the week ends. Returns None if none does."""
    spans = sorted(hours, key=_week_minutes)
    ends = [(_week_minutes(span), _week_minutes(span) + _length(span), span) for span in spans]
    for (_, earlier_end, _), (begins, _, span) in pairwise(ends):
        if begins < earlier_end:
            return span
    if len(ends) > 1 and ends[-1][1] > ends[0][0] + _WEEK_MINUTES:
        return ends[0][2]
    return None


def _week_minutes(span: OpeningHours) -> int:
    return WEEK.index(span.day) * _DAY_MINUTES + span.opens.hour * 60 + span.opens.minute


def _length(span: OpeningHours) -> int:
    opens, closes = (at.hour * 60 + at.minute for at in (span.opens, span.closes))
    return closes - opens if closes > opens else closes - opens + _DAY_MINUTES


def _is_closed(day: date, closures: Iterable[Closure]) -> bool:
    return any(closure.first_day <= day <= closure.last_day for closure in closures)


def _spans(day: date, hours: Iterable[OpeningHours]) -> Iterator[tuple[datetime, datetime]]:
    for span in hours:
        if WEEK[day.weekday()] is span.day:
            last = day if span.closes > span.opens else day + _A_DAY
            yield datetime.combine(day, span.opens), datetime.combine(last, span.closes)
