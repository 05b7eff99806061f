from datetime import time

import pytest

from services.contracts.clinic_hours import OpeningHours, Weekday
from services.reminders.core.readable_times import hours_in_words

WEEK = list(Weekday)


def open_on(*days: Weekday, hours: str = "09:00-18:00") -> tuple[OpeningHours, ...]:
    opens, closes = map(time.fromisoformat, hours.split("-"))
    return tuple(OpeningHours(day=day, opens=opens, closes=closes) for day in days)


def test_days_in_a_row_with_the_same_hours_are_spanned() -> None:
    assert hours_in_words(open_on(*WEEK[:5]), "en-GB") == "Mon–Fri 09:00–18:00"


def test_hours_of_other_days_follow_the_first() -> None:
    hours = open_on(*WEEK[:5]) + open_on(Weekday.SATURDAY, hours="10:00-14:00")

    assert hours_in_words(hours, "en-GB") == "Mon–Fri 09:00–18:00; Sat 10:00–14:00"


def test_two_days_are_named() -> None:
    assert hours_in_words(open_on(*WEEK[5:]), "en-GB") == "Sat, Sun 09:00–18:00"


def test_days_apart_with_the_same_hours_are_said_together() -> None:
    hours = open_on(*WEEK[:3], Weekday.FRIDAY)

    assert hours_in_words(hours, "en-GB") == "Mon–Wed, Fri 09:00–18:00"


def test_the_hours_of_a_day_are_in_order() -> None:
    hours = open_on(WEEK[0], hours="16:00-20:00") + open_on(WEEK[0], hours="09:00-13:30")

    assert hours_in_words(hours, "es-ES") == "lun 9:00–13:30, 16:00–20:00"


def test_the_hours_after_midnight_belong_to_the_day_before() -> None:
    assert hours_in_words(open_on(WEEK[4], hours="20:00-02:00"), "en-GB") == "Fri 20:00–02:00"


def test_a_whole_day_is_24_hours() -> None:
    assert hours_in_words(open_on(*WEEK, hours="00:00-00:00"), "en-GB") == "Mon–Sun 24 h"


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en-US", "Mon–Fri 9:00 AM–6:00 PM"), ("es-US", "lun–vie 9:00 am–6:00 pm")],
)
def test_they_are_said_by_the_readers_clock(locale: str, text: str) -> None:
    assert hours_in_words(open_on(*WEEK[:5]), locale) == text


def test_no_hours_are_not_said() -> None:
    assert hours_in_words((), "en") is None
