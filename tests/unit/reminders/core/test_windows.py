from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.reminders import QuietHours
from services.reminders.core.windows import (
    NaiveTime,
    NoOpening,
    NoSuchZone,
    Window,
    has_opening,
    is_open,
    next_opening,
    zone_named,
)

NEW_YORK = ZoneInfo("America/New_York")
NONE = QuietHours(start=time(0), end=time(0))
NIGHT = QuietHours(start=time(21), end=time(8))
ZONES = sorted(zone for zone in available_timezones() if "/" in zone)


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("due", "sent"),
    [
        ("2027-01-15T23:30:00", "2027-01-16T08:00:00"),
        ("2027-01-15T07:59:59", "2027-01-15T08:00:00"),
        ("2027-01-15T08:00:00", "2027-01-15T08:00:00"),
        ("2027-01-15T20:59:59", "2027-01-15T20:59:59"),
        ("2027-01-15T21:00:00", "2027-01-16T08:00:00"),
    ],
)
def test_holds_what_falls_into_a_quiet_night(due: str, sent: str) -> None:
    assert next_opening(local(due), Window(NEW_YORK, NIGHT)) == local(sent)


@pytest.mark.parametrize(("due", "sent"), [("07:00", "08:00"), ("22:00", "08:00")])
def test_keeps_the_outer_hours_without_any_quiet_hours(due: str, sent: str) -> None:
    opening = next_opening(local(f"2027-01-15T{due}"), Window(NEW_YORK, NONE))

    assert opening.astimezone(NEW_YORK).strftime("%H:%M") == sent


def test_waits_for_the_end_of_quiet_hours_at_noon() -> None:
    siesta = Window(NEW_YORK, QuietHours(start=time(12), end=time(16)))

    assert next_opening(local("2027-01-15T13:00"), siesta) == local("2027-01-15T16:00")


@pytest.mark.parametrize(
    ("region", "due", "sent"),
    [
        ("US-FL", "2027-01-15T20:30", "2027-01-16T08:00"),
        ("US-TX", "2027-01-17T10:00", "2027-01-17T12:00"),  # a Sunday
        ("US-TX", "2027-01-16T08:30", "2027-01-16T09:00"),
        ("US-NY", "2027-01-15T20:30", "2027-01-15T20:30"),
    ],
)
def test_keeps_stricter_regional_hours(region: str, due: str, sent: str) -> None:
    assert next_opening(local(due), Window(NEW_YORK, NONE, region)) == local(sent)


@pytest.mark.parametrize(
    ("at", "zone", "utc"),
    [
        ("2025-01-15T06:00", "America/New_York", "2025-01-15T13:00"),
        ("2025-03-09T06:00", "America/New_York", "2025-03-09T12:00"),
        ("2025-11-02T06:00", "America/New_York", "2025-11-02T13:00"),
        ("2025-03-30T06:00", "Europe/London", "2025-03-30T07:00"),
        ("2025-10-26T06:00", "Europe/London", "2025-10-26T08:00"),
        ("2025-07-15T06:00", "America/Phoenix", "2025-07-15T15:00"),
    ],
)
def test_opens_at_eight_by_the_clock_on_days_it_changes(at: str, zone: str, utc: str) -> None:
    window = Window(ZoneInfo(zone), NONE)

    opening = next_opening(local(at, window.zone), window)

    assert opening == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_refuses_a_time_without_an_offset() -> None:
    with pytest.raises(NaiveTime):
        next_opening(datetime(2027, 1, 15, 9), Window(NEW_YORK, NONE))  # noqa: DTZ001 - the fault under test


def test_says_when_quiet_hours_leave_no_opening() -> None:
    always = QuietHours(start=time(7), end=time(22))

    with pytest.raises(NoOpening):
        next_opening(local("2027-01-15T12:00"), Window(NEW_YORK, always))


def test_knows_quiet_hours_that_leave_no_opening() -> None:
    assert not has_opening(QuietHours(start=time(8), end=time(21)))
    assert has_opening(NIGHT)


@pytest.mark.parametrize("name", ["US/Pacific-New", "", "GMT+3", "../etc", "europe/lisbon"])
def test_refuses_what_is_no_iana_zone(name: str) -> None:
    with pytest.raises(NoSuchZone):
        zone_named(name)


def test_a_name_of_a_zone_is_recognized() -> None:
    assert zone_named("Europe/Lisbon").key == "Europe/Lisbon"


@given(
    at=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    quiet=st.builds(QuietHours, start=st.times(), end=st.times()).filter(has_opening),
)
def test_never_opens_outside_the_hours(at: datetime, zone: ZoneInfo, quiet: QuietHours) -> None:
    quiet = QuietHours(start=_to_minute(quiet.start), end=_to_minute(quiet.end))
    if not has_opening(quiet):
        return

    opening = next_opening(at, Window(zone, quiet))

    shown = opening.astimezone(zone).time()
    assert time(8) <= shown < time(21)
    assert not _is_quiet(shown, quiet)
    assert at <= opening < at + timedelta(days=2)
    assert is_open(opening, Window(zone, quiet))


def test_zones_that_share_no_hour_may_share_one_once_clocks_are_put_on() -> None:
    quiet = QuietHours(start=time(12), end=time(16))
    others = (ZoneInfo("Europe/Madrid"), ZoneInfo("Asia/Kolkata"))
    window = Window(ZoneInfo("America/New_York"), quiet, "US-CT", others)

    opening = next_opening(datetime(2027, 3, 14, 15, tzinfo=UTC), window)

    assert opening == datetime(2027, 3, 28, 14, tzinfo=UTC)  # Madrid's first day of summer time


def _to_minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)


def _is_quiet(at: time, quiet: QuietHours) -> bool:
    if quiet.start <= quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end
