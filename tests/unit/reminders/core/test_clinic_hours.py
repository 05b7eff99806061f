from datetime import UTC, date, datetime, time, timedelta

import msgspec
import pytest

from services.contracts.clinic_hours import Closure, OpeningHours, Weekday
from services.contracts.reminders import ClinicRecord
from services.reminders.core.clinic import after_open_time, end_of_day, is_open, overlapping
from services.reminders.core.windows import NaiveTime
from tests.support.gateway.care_records import CLINIC

MON, TUE, SAT, SUN = Weekday.MONDAY, Weekday.TUESDAY, Weekday.SATURDAY, Weekday.SUNDAY


def span(day: Weekday, opens: str, closes: str) -> OpeningHours:
    return OpeningHours(day=day, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


def lisbon(*spans: OpeningHours, closures: tuple[Closure, ...] = ()) -> ClinicRecord:
    return msgspec.structs.replace(
        CLINIC, time_zone="Europe/Lisbon", opening_hours=spans, closures=closures
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2027-01-11T08:59:59", False),
        ("2027-01-11T09:00:00", True),
        ("2027-01-11T12:59:59", True),
        ("2027-01-11T13:00:00", False),
        ("2027-01-11T14:30:00", True),
        ("2027-01-12T09:30:00", False),
    ],
)
def test_a_day_may_have_several_spans(moment: str, open_: bool) -> None:  # noqa: FBT001 - a table's column
    clinic = lisbon(span(MON, "09:00", "13:00"), span(MON, "14:00", "18:00"))

    assert is_open(clinic, at(moment)) is open_


def test_hours_are_the_wall_clocks_in_summer_too() -> None:
    clinic = lisbon(span(MON, "09:00", "18:00"))

    assert is_open(clinic, at("2027-07-12T08:30:00"))
    assert not is_open(clinic, at("2027-01-11T08:30:00"))


def test_a_span_may_end_on_the_next_day() -> None:
    clinic = lisbon(span(SUN, "20:00", "02:00"))

    assert is_open(clinic, at("2027-01-11T01:30:00"))
    assert not is_open(clinic, at("2027-01-11T02:00:00"))


def test_midnight_to_midnight_is_the_whole_day() -> None:
    clinic = lisbon(span(MON, "00:00", "00:00"))

    assert is_open(clinic, at("2027-01-11T23:59:59"))
    assert not is_open(clinic, at("2027-01-12T00:00:00"))


def test_a_closure_takes_its_days_and_the_night_after_them() -> None:
    closed = Closure(first_day=date(2027, 1, 10), last_day=date(2027, 1, 11), note="Stocktaking")
    clinic = lisbon(span(MON, "09:00", "03:00"), span(TUE, "09:00", "18:00"), closures=(closed,))

    assert not is_open(clinic, at("2027-01-11T10:00:00"))
    assert not is_open(clinic, at("2027-01-12T01:00:00"))
    assert is_open(clinic, at("2027-01-12T10:00:00"))


def test_a_clinic_without_hours_is_open_but_for_its_closures() -> None:
    closed = Closure(first_day=date(2027, 1, 11), last_day=date(2027, 1, 11))

    assert is_open(lisbon(), at("2027-01-11T03:00:00"))
    assert not is_open(lisbon(closures=(closed,)), at("2027-01-11T03:00:00"))


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(NaiveTime):
        is_open(CLINIC, datetime(2027, 1, 11, 9))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("spans", "fault"),
    [
        ([span(MON, "09:00", "13:00"), span(MON, "13:00", "18:00")], None),
        ([span(MON, "14:00", "18:00"), span(MON, "09:00", "14:01")], span(MON, "14:00", "18:00")),
        ([span(SAT, "09:00", "09:00"), span(SUN, "08:00", "09:00")], span(SUN, "08:00", "09:00")),
        ([span(SUN, "20:00", "02:00"), span(MON, "01:00", "09:00")], span(MON, "01:00", "09:00")),
        ([span(SUN, "20:00", "02:00"), span(MON, "02:00", "09:00")], None),
    ],
)
def test_spans_that_overlap_are_found(
    spans: list[OpeningHours], fault: OpeningHours | None
) -> None:
    assert overlapping(spans) == fault


@pytest.mark.parametrize(
    ("moment", "read_by"),
    [
        ("2027-01-11T09:30:00", "2027-01-11T11:30:00"),
        ("2027-01-11T12:00:00", "2027-01-11T15:00:00"),  # over lunch
        ("2027-01-11T17:00:00", "2027-01-12T10:00:00"),  # over night
        ("2027-01-12T22:00:00", "2027-01-18T11:00:00"),  # from Tuesday night to Monday
    ],
)
def test_time_counts_while_the_clinic_is_open(moment: str, read_by: str) -> None:
    clinic = lisbon(
        span(MON, "09:00", "13:00"), span(MON, "14:00", "18:00"), span(TUE, "09:00", "12:00")
    )

    assert after_open_time(clinic, at(moment), timedelta(hours=2)) == at(read_by)


def test_a_span_over_midnight_counts_from_the_day_before() -> None:
    clinic = lisbon(span(MON, "20:00", "02:00"))

    after = after_open_time(clinic, at("2027-01-12T00:30:00"), timedelta(hours=1))

    assert after == at("2027-01-12T01:30:00")


def test_a_closed_day_does_not_count() -> None:
    closed = Closure(first_day=date(2027, 1, 11), last_day=date(2027, 1, 12))
    clinic = lisbon(closures=(closed,))

    after = after_open_time(clinic, at("2027-01-11T10:00:00"), timedelta(hours=2))

    assert after == at("2027-01-13T02:00:00")


def test_a_clinic_that_never_opens_again_has_the_time_of_the_wall_clock() -> None:
    closed = Closure(first_day=date(2027, 1, 1), last_day=date(2027, 12, 31))

    after = after_open_time(
        lisbon(closures=(closed,)), at("2027-01-11T10:00:00"), timedelta(hours=2)
    )

    assert after == at("2027-01-11T12:00:00")


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2027-01-11T10:00:00", "2027-01-12T00:00:00"),
        ("2027-01-11T23:00:00", "2027-01-12T01:00:00"),
    ],
)
def test_a_day_ends_at_midnight_and_not_in_less_than_two_hours(moment: str, end: str) -> None:
    assert end_of_day(lisbon(), at(moment), at_least=timedelta(hours=2)) == at(end)
