from datetime import date, time

import pytest

from services.reminders.core.readable_times import clock, day_of_year, full_date, short_weekday

AFTERNOON = time(15, 40)
DAY = date(2027, 3, 13)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en-US", "3:40 PM"),
        ("en-PR", "3:40 PM"),
        ("en-CA", "3:40 pm"),
        ("en-GB", "15:40"),
        ("en-FI", "15.40"),
        ("es-US", "3:40 pm"),
        ("es-AR", "3:40 pm"),
        ("es-ES", "15:40"),
    ],
)
def test_a_time_of_day_is_said_as_in_the_readers_place(locale: str, text: str) -> None:
    assert clock(AFTERNOON, locale) == text


@pytest.mark.parametrize(("locale", "text"), [("en", "15:40"), ("en-JP", "15:40"), ("es", "15:40")])
def test_where_no_custom_is_known_a_day_has_24_hours(locale: str, text: str) -> None:
    assert clock(AFTERNOON, locale) == text


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en-US", "March 13, 2027"),
        ("en-GB", "13 March 2027"),
        ("en", "13 March 2027"),
        ("es-US", "13 de marzo de 2027"),
    ],
)
def test_a_date_has_its_month_in_words(locale: str, text: str) -> None:
    assert full_date(DAY, locale) == text


def test_a_day_can_be_said_without_its_year() -> None:
    assert day_of_year(DAY, "en-US") == "March 13"


def test_a_script_in_a_tag_changes_nothing() -> None:
    assert clock(AFTERNOON, "es-Latn-US") == "3:40 pm"


def test_a_weekday_has_a_short_name() -> None:
    assert short_weekday(DAY, "es") == "sáb"
