from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.sms.segments import Encoding, count_segments
from services.reminders.rendering.phrases import appointment, date, language, moment

LOCALES = ("en", "en-US", "en-GB", "en-CA", "en-IE", "es", "es-ES", "es-US", "es-MX", "es-AR", "fr")
NEW_YEAR = datetime(2028, 1, 1, tzinfo=UTC)  # a leap year
SATURDAY = datetime(2027, 3, 13, 15, 40, tzinfo=UTC)
ONE_O_CLOCK = SATURDAY.replace(hour=1, minute=5)


def phrase_for(at: datetime, locale: str, *, days_before: int, is_for_sms: bool = True) -> str:
    read_at = at - timedelta(days=days_before)
    return moment(at, read_at=read_at, words=language(locale), is_for_sms=is_for_sms)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_day_of_a_year_costs_no_second_alphabet(locale: str) -> None:
    for number in range(366):
        at = NEW_YEAR + timedelta(days=number, minutes=7 * number)
        words = language(locale)
        phrases = [phrase_for(at, locale, days_before=days) for days in (0, 1, 2, 6, 7)]
        for phrase in (*phrases, date(at, words), appointment(at, words)):
            assert count_segments(phrase).encoding is Encoding.GSM_7, phrase


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive, what is drawn is not
    st.sampled_from(LOCALES),
    st.integers(min_value=0, max_value=400),
)
def test_a_moment_has_plain_spaces_and_no_full_stop_at_its_end(
    at: datetime, locale: str, days_before: int
) -> None:
    phrase = phrase_for(at, locale, days_before=days_before, is_for_sms=False)

    assert not any(space in phrase for space in "\u202f\u00a0\u2009")
    assert not phrase.endswith(".")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "Saturday 15:40"),
        ("en-US", "Saturday 3:40 PM"),
        ("es-ES", "el sábado a las 15:40"),
        ("es-US", "el sábado a las 3:40 pm"),
    ],
)
def test_a_day_of_this_week_is_named(locale: str, expected: str) -> None:
    assert phrase_for(SATURDAY, locale, days_before=2, is_for_sms=False) == expected


def test_a_text_says_the_date_where_its_alphabet_cannot_spell_the_weekday() -> None:
    assert phrase_for(SATURDAY, "es-ES", days_before=2) == "el 13 de marzo a las 15:40"


def test_a_text_names_the_weekdays_it_can_spell() -> None:
    wednesday = SATURDAY + timedelta(days=4)

    assert phrase_for(wednesday, "es-ES", days_before=2) == "el miércoles a las 15:40"


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("es-ES", "hoy a la 1:05"), ("es-US", "hoy a la 1:05 am"), ("en-US", "1:05 AM today")],
)
def test_one_o_clock_is_singular_in_spanish(locale: str, expected: str) -> None:
    assert phrase_for(ONE_O_CLOCK, locale, days_before=0) == expected


def test_another_language_is_told_in_english_by_its_own_clock() -> None:
    assert phrase_for(SATURDAY, "fr-FR", days_before=0) == "15:40 today"


def test_an_appointment_says_day_and_time() -> None:
    assert appointment(SATURDAY, language("en-US")) == "March 13, 2027 at 3:40 PM"
