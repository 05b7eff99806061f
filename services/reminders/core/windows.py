"""When a patient may be written to, on their own wall clock.

Never outside 08:00 to 21:00 (47 CFR 64.1200(c)(1), the strictest national rule we know, applied
everywhere), never in quiet hours, and only within stricter regional hours. A closing time is
closed itself: nothing is sent at 21:00:00.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from services.contracts.reminders import QuietHours
from services.contracts.zones import is_place

_DAY: Final = 24 * 60
_SUNDAY: Final = 6
# Zones that share no hour today may share one after the clocks of one of them change.
_LONGEST_SEARCH: Final = timedelta(days=31)
_DAYS_AHEAD: Final = 9  # either every day of a week has an opening, or none has


ZonesOf = Callable[[str], Iterable[str]]
"""Finds the IANA zones that a phone number may belong to."""


def no_zones(_number: str) -> Iterable[str]:
    return ()


class NoSuchZone(ValueError):
    """The name is not an IANA time zone."""


class NoOpening(ValueError):
    """The quiet hours leave no time for sending."""


class NaiveTime(ValueError):
    """A time without an offset does not name an instant."""


class Hours(msgspec.Struct, frozen=True):
    """Minutes after local midnight, from inclusive to exclusive."""

    opens: int
    closes: int


class Window(msgspec.Struct, frozen=True):
    """What limits the hours of a patient.

    The patient may also be in the zones of `also`: nothing is sent that is too early or too late
    in any of them.
    """

    zone: ZoneInfo
    quiet: QuietHours
    region: str | None = None
    also: tuple[ZoneInfo, ...] = ()


EVERYWHERE: Final = Hours(8 * 60, 21 * 60)

# State rules for calls and texts, by ISO 3166-2: the later opening and the earlier closing hold.
REGIONS: Final[Mapping[str, Hours]] = {
    "US-CT": Hours(9 * 60, 20 * 60),
    "US-FL": Hours(8 * 60, 20 * 60),
    "US-OK": Hours(8 * 60, 20 * 60),
    "US-TX": Hours(9 * 60, 21 * 60),
}
SUNDAYS: Final[Mapping[str, Hours]] = {"US-TX": Hours(12 * 60, 21 * 60)}


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_named(name: str) -> ZoneInfo:
    """Find an IANA zone; raises NoSuchZone for any other name, such as `GMT+3`."""
    if name not in _zone_names():
        raise NoSuchZone(f"{name!r} is no IANA time zone; write it like Europe/Lisbon")
    return ZoneInfo(name)


def place_named(name: str) -> ZoneInfo:
    """Find the zone of a place where people live; raises NoSuchZone for others, such as `EST`."""
    if not is_place(name):
        raise NoSuchZone(f"{name!r} names no place; write it like Europe/Lisbon")
    return zone_named(name)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a wall clock shows `at`.

    A time that a gap skips moves forward by the gap. Of a time that is shown twice, the first
    counts.
    """
    return datetime.combine(day, at.replace(fold=0), tzinfo=zone).astimezone(UTC)


def day_starts(first: date, last: date, zone: ZoneInfo) -> list[datetime]:
    """When each day from the first to the last begins, and when the day after the last does."""
    days = range((last - first).days + 2)
    return [instant(first + timedelta(days=day), time(0), zone) for day in days]


def is_in_gap(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether the wall clock skips this time when it is put forward."""
    shown = instant(day, at, zone).astimezone(zone)
    return (shown.date(), shown.time()) != (day, at)


def next_opening(at: datetime, window: Window) -> datetime:
    """The first instant from `at` on at which sending is allowed, in UTC.

    Raises NaiveTime for a time without an offset, NoOpening if there is no such instant.
    """
    require_aware(at)
    if not window.also:
        return _next_in(window.zone, at, window)
    candidate, until = at.astimezone(UTC), at + _LONGEST_SEARCH
    while candidate < until:
        latest = max(_next_in(zone, candidate, window) for zone in (window.zone, *window.also))
        if latest == candidate:
            return candidate
        candidate = latest
    raise NoOpening("no hour is allowed in every zone the patient may be in")


def possible_zones(zone: ZoneInfo, of_number: Iterable[str]) -> tuple[ZoneInfo, ...]:
    """The zones to respect besides the clinic's, for a patient who states none.

    There are none if the number may be of the clinic's own zone; otherwise all zones of the number.
    """
    names = list(of_number)
    if zone.key in names:
        return ()
    return tuple(ZoneInfo(name) for name in names if name in _zone_names())


def is_open(at: datetime, window: Window) -> bool:
    try:
        return next_opening(at, window) == at
    except NoOpening:
        return False


def _next_in(zone: ZoneInfo, at: datetime, window: Window) -> datetime:
    today = at.astimezone(zone).date()
    for ahead in range(_DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        for opens, closes in _openings(day, zone, window.quiet, window.region):
            if at < closes:
                return max(at.astimezone(UTC), opens)
    raise NoOpening("these quiet hours leave no time between 08:00 and 21:00")


def require_aware(at: datetime) -> None:
    if at.tzinfo is None:
        raise NaiveTime("a time without an offset cannot be placed; give it with one")


def has_opening(quiet: QuietHours) -> bool:
    """Whether quiet hours leave any time at all on a common day."""
    return any(_outside(quiet, EVERYWHERE))


@lru_cache(maxsize=4096)
def _openings(
    day: date, zone: ZoneInfo, quiet: QuietHours, region: str | None
) -> tuple[tuple[datetime, datetime], ...]:
    """Cached, because the patients of a clinic share their days."""
    spans = (
        (_at_minute(day, hours.opens, zone), _at_minute(day, hours.closes, zone))
        for hours in _outside(quiet, _allowed(day, region))
    )
    return tuple((opens, closes) for opens, closes in spans if opens < closes)


def _allowed(day: date, region: str | None) -> Hours:
    local = REGIONS.get(region or "", EVERYWHERE)
    if day.weekday() == _SUNDAY:
        local = SUNDAYS.get(region or "", local)
    return Hours(max(local.opens, EVERYWHERE.opens), min(local.closes, EVERYWHERE.closes))


def _outside(quiet: QuietHours, allowed: Hours) -> Iterator[Hours]:
    """The allowed hours of a day without the quiet hours, in order."""
    start, end = _minutes(quiet.start), _minutes(quiet.end)
    if start == end:
        spans = [Hours(0, _DAY)]
    elif start < end:
        spans = [Hours(0, start), Hours(end, _DAY)]
    else:
        spans = [Hours(end, start)]
    for span in spans:
        opens, closes = max(span.opens, allowed.opens), min(span.closes, allowed.closes)
        if opens < closes:
            yield Hours(opens, closes)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _at_minute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return instant(day, time(minute // 60, minute % 60), zone)


def local_text(at: datetime, window: Window) -> str:
    """Write an instant on the patient's wall clock by RFC 9557: local time, offset, zone.

    For example, `2027-03-14T10:00:00-04:00[America/New_York]`. The offset distinguishes the two
    instants of an hour that is repeated when the clocks change.
    """
    return f"{at.astimezone(window.zone).isoformat(timespec='seconds')}[{window.zone.key}]"
