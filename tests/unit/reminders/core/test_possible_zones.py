"""Hours of a patient who states no zone and has a number from elsewhere."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from services.contracts.reminders import QuietHours
from services.reminders.addresses.phone_numbers import zones_of
from services.reminders.core.windows import (
    NoOpening,
    Window,
    is_open,
    next_opening,
    possible_zones,
)

LISBON = ZoneInfo("Europe/Lisbon")
NEW_YORK = ZoneInfo("America/New_York")
NIGHT = QuietHours(start=time(20), end=time(9))


def window(*also: str, zone: ZoneInfo = LISBON, quiet: QuietHours = NIGHT) -> Window:
    return Window(zone, quiet, None, tuple(map(ZoneInfo, also)))


def lisbon(text: str) -> datetime:
    return datetime.fromisoformat(f"2027-01-13T{text}").replace(tzinfo=LISBON)


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+12025550123", ("America/New_York",)),
        ("+34612345678", ("Europe/Madrid",)),
        ("+919812345678", ("Asia/Calcutta",)),
        ("+999", ()),
    ],
)
def test_a_number_tells_the_zones_it_may_be_of(number: str, zones: tuple[str, ...]) -> None:
    assert zones_of(number) == zones


def test_a_number_of_the_clinics_own_zone_adds_none() -> None:
    assert possible_zones(LISBON, zones_of("+351912345678")) == ()


def test_a_number_from_elsewhere_adds_its_zones() -> None:
    [zone] = possible_zones(LISBON, zones_of("+12025550123"))

    assert zone.key == NEW_YORK.key


def test_a_number_that_says_nothing_adds_none() -> None:
    assert possible_zones(LISBON, zones_of("+999")) == ()


def test_nothing_is_sent_before_it_is_day_in_both_places() -> None:
    assert next_opening(lisbon("09:30"), window("America/New_York")) == lisbon("14:00")


def test_nothing_is_sent_after_either_place_is_quiet() -> None:
    both = window("America/New_York")

    assert is_open(lisbon("19:59"), both)
    assert next_opening(lisbon("20:00"), both) == lisbon("14:00").replace(day=14)


def test_half_hours_between_zones_are_kept() -> None:
    assert next_opening(lisbon("03:00"), window("Asia/Kolkata")) == lisbon("09:00")
    assert next_opening(lisbon("14:30"), window("Asia/Kolkata")) == lisbon("09:00").replace(day=14)


def test_places_whose_days_never_meet_leave_no_hour() -> None:
    with pytest.raises(NoOpening):
        next_opening(datetime(2027, 1, 13, tzinfo=UTC), window("Pacific/Auckland"))


def test_an_hour_that_closes_for_good_when_clocks_change_is_closed_not_an_error() -> None:
    """Madrid, India and Greenwich share one hour until Madrid's clocks go forward."""
    noon = QuietHours(start=time(12), end=time(16))
    three = Window(
        ZoneInfo("UTC"), noon, None, (ZoneInfo("Europe/Madrid"), ZoneInfo("Asia/Kolkata"))
    )

    assert not is_open(datetime(2027, 3, 27, 11, 8, tzinfo=UTC), three)
