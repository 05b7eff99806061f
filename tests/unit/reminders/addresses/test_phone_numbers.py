"""Which number a text is, and which text is none."""

import re
import string
import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat

from services.reminders.addresses.phone_numbers import (
    NotAnAddress,
    countries_of,
    read_phone,
    read_phone_in,
    read_possible_phone,
    read_sender_of_text,
)
from tests.support.reminders.sloppy_numbers import SloppyNumber, example_mobiles, sloppy_numbers

MOBILES = example_mobiles()
SEPARATORS = " -()\u00a0\u2011\u200b\u202d"

regions = st.sampled_from(sorted(MOBILES))


def read_or_none(text: str, country: str) -> str | None:
    try:
        return read_phone(text, country=country)
    except NotAnAddress:
        return None


def refusal_of(text: str, country: str) -> str:
    try:
        return read_phone(text, country=country)
    except NotAnAddress as refused:
        return str(refused)


@pytest.mark.parametrize("sloppy", sloppy_numbers(), ids=str)
def test_a_number_is_what_its_writer_means_or_none(sloppy: SloppyNumber) -> None:
    assert read_or_none(sloppy.typed, sloppy.country) == sloppy.number


def test_the_library_has_a_mobile_of_244_regions() -> None:
    assert len(MOBILES) == 244


@pytest.mark.parametrize("region", MOBILES)
def test_a_mobile_of_every_region_is_read_in_every_usual_form(region: str) -> None:
    number = MOBILES[region]
    parsed = phonenumbers.parse(number)
    forms = (
        number,
        f"00{number[1:]}",
        phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL),
        phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL),
    )

    assert [read_or_none(form, region) for form in forms] == [number] * len(forms)
    assert region in countries_of(number)


@pytest.mark.parametrize("region", MOBILES)
def test_a_character_of_the_alphabet_anywhere_makes_it_no_number(region: str) -> None:
    number = MOBILES[region]
    for place in range(len(number)):
        for character in "OlSe":
            assert read_or_none(number[:place] + character + number[place:], region) is None
            assert read_or_none(number[:place] + character + number[place + 1 :], region) is None


@given(region=regions, data=st.data())
def test_separators_and_what_is_invisible_change_nothing(region: str, data: st.DataObject) -> None:
    digits = MOBILES[region][1:]
    place = data.draw(st.integers(1, len(digits) - 4))
    mark = data.draw(st.sampled_from(SEPARATORS))

    assert read_or_none(f"+{digits[:place]}{mark}{digits[place:]}", region) == MOBILES[region]


@given(text=st.text(string.digits + " +-./()ABOle\u200b\u0665", max_size=24), region=regions)
def test_what_is_accepted_is_made_of_the_digits_that_were_typed(text: str, region: str) -> None:
    number = read_or_none(text, region)
    if number is None:
        return

    typed = "".join(str(unicodedata.decimal(mark)) for mark in text if mark.isdecimal())
    assert not any(mark.isalpha() for mark in text)
    assert re.fullmatch(r"\+\d{7,15}", number)
    assert number[-6:] == typed[-6:]
    assert phonenumbers.is_valid_number(phonenumbers.parse(number))


@given(text=st.text(max_size=80), region=regions)
def test_any_text_is_a_number_or_is_refused_without_being_repeated(text: str, region: str) -> None:
    assert len(text.strip()) < 4 or text not in refusal_of(text, region)


def test_a_region_that_shares_a_prefix_is_told_by_its_numbers() -> None:
    assert countries_of("+447781123456") == {"GG"}
    assert countries_of("+447924123456") == {"GB", "IM"}
    assert countries_of("+4741234567") == {"NO", "SJ"}
    assert countries_of("+12025550143") == {"US"}


@pytest.mark.parametrize("text", ["+12025550177", "(202) 555-0177", "202-555-0177"])
def test_reads_a_number_of_a_country(text: str) -> None:
    assert read_phone_in("US", text) == "+12025550177"


@pytest.mark.parametrize(
    "text", ["+351210000000", "+11111111111", "911", "call me", "202-555-O177", "(202) 555-0177 x2"]
)
def test_refuses_a_number_that_a_country_has_not(text: str) -> None:
    with pytest.raises(NotAnAddress):
        read_phone_in("US", text)


def test_a_clinic_may_have_a_landline() -> None:
    assert read_phone_in("PT", "210 000 000") == "+351210000000"
    assert read_phone_in("DE", "030 1234567-0") == "+493012345670"


@pytest.mark.parametrize("text", ["+351210000000", "+351 812 345 678"])
def test_a_search_finds_numbers_that_can_no_longer_be_registered(text: str) -> None:
    assert read_possible_phone(text, country="PT") == "+" + re.sub(r"\D", "", text)


@pytest.mark.parametrize(
    ("text", "countries", "number"),
    [
        ("+351912345678", {"PT"}, "+351912345678"),
        (" 351912345678", {"PT"}, "+351912345678"),
        ("351912345678", {"US"}, "+351912345678"),
        ("351912345678", {"DE"}, "+351912345678"),
        ("00351912345678", set(), "+351912345678"),
        ("912345678", {"PT"}, "+351912345678"),
        ("2025550143", {"US"}, "+12025550143"),
        ("15550100", {"US"}, "15550100"),
        ("32665", {"US"}, "32665"),
        ("MyBank", {"PT"}, "MyBank"),
        ("202555O143", {"US"}, "202555O143"),
    ],
)
def test_a_sender_is_a_number_or_stays_as_it_is(
    text: str, countries: set[str], number: str
) -> None:
    assert read_sender_of_text(text, countries=countries) == number
