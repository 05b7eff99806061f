"""Whether a clinic is open. Pure: the moment is an argument.

Spans are read on the clinic's wall clock, so that 09:00 is 09:00 whatever clocks do; a span that
crosses midnight belongs to the day it begins on. A closure takes away every span that begins on
one of its days, and its days themselves.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from services.contracts.clinic_hours import Closure, OpeningHours, Weekday
from services.contracts.reminders import ClinicRecord
from services.reminders.core.windows import require_aware, zone_named

WEEK: Final = tuple(Weekday)
_A_DAY: Final = timedelta(days=1)
_DAY_MINUTES: Final = 24 * 60
_WEEK_MINUTES: Final = 7 * _DAY_MINUTES


def is_open(clinic: ClinicRecord, at: datetime) -> bool:
    """Whether somebody is there; a clinic that states no hours is open but for its closures.

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


def overlapping(hours: Iterable[OpeningHours]) -> OpeningHours | None:
    """A span that begins before an earlier one of the week has ended, if there is one."""
    spans = sorted(hours, key=_week_minutes)
    ends = [(_week_minutes(one), _week_minutes(one) + _length(one), one) for one in spans]
    for (_, earlier_end, _), (begins, _, one) in pairwise(ends):
        if begins < earlier_end:
            return one
    if len(ends) > 1 and ends[-1][1] > ends[0][0] + _WEEK_MINUTES:
        return ends[0][2]
    return None


def _week_minutes(one: OpeningHours) -> int:
    return WEEK.index(one.day) * _DAY_MINUTES + one.opens.hour * 60 + one.opens.minute


def _length(one: OpeningHours) -> int:
    opens, closes = (at.hour * 60 + at.minute for at in (one.opens, one.closes))
    return closes - opens if closes > opens else closes - opens + _DAY_MINUTES


def _is_closed(day: date, closures: Iterable[Closure]) -> bool:
    return any(one.first_day <= day <= one.last_day for one in closures)


def _spans(day: date, hours: Iterable[OpeningHours]) -> Iterator[tuple[datetime, datetime]]:
    for one in hours:
        if WEEK[day.weekday()] is one.day:
            last = day if one.closes > one.opens else day + _A_DAY
            yield datetime.combine(day, one.opens), datetime.combine(last, one.closes)
