"""Parses phone numbers as people write them, by the data of the phonenumbers library.

A number is its digits and separators and nothing else: a letter, or the decimal of a spreadsheet,
would make it the number of somebody else. Nothing is looked up on the network.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType, ValidationResult
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from services.contracts.plain_text import without_invisible


class NotAnAddress(ValueError):
    """The text is no address. The message says what to write and never repeats the text."""


E164: Final = phonenumbers.PhoneNumberFormat.E164

_MOST_DIGITS: Final = 15  # ITU-T E.164 §6.2.1
_LONGEST: Final = 60
_TEXT_CELL: Final = re.compile(r"""="([^"]*)"|"([^"]*)"|'(.*)""")
"""How spreadsheets and exports mark a number as text."""

_SEPARATORS: Final = " \t().\\-/\u2010-\u2015\u2212\u30fc\ufe58\ufe63\uff0d\u00b7\u2022"
_NUMBER: Final = re.compile(rf"[{_SEPARATORS}]*\+?[{_SEPARATORS}0-9]*")
_NO_NUMBERS: Final = {
    re.compile(r"[\d.,]+E[+-]?\d+", re.IGNORECASE): (
        "a spreadsheet has shortened the number; format its column as text and type it again"
    ),
    re.compile(r"[\d.]*,\d{1,2}|.*\.\d|.*\d{7}\.\d{1,3}"): (
        "a spreadsheet has made a decimal of the number; format its column as text"
    ),
    re.compile(r"\d{1,2}([-/.])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([-/.])\d\d\2\d\d"): (
        "this is a date; write the number instead"
    ),
    re.compile(r"[^/]*/\D*(\d\D*){1,4}|.*\d{5}/\d{1,4}"): (  # after an area code come more
        "these are two numbers, as in 912345678/9; write one of them"
    ),
    re.compile(r".*\d{3}\s*\(\d{1,2}\)\s*"): (
        "what stands in brackets at its end is no part of a number; leave it out"
    ),
}
"""What would pass for a number without its separators, and what to do about it."""

_EXTENDED: Final = re.compile(r".*\d{6}\s?[-\u2010-\u2015]\s?\d{1,2}")
"""A number and an extension. That of a landline is part of it, as in 030 1234567-0."""

_MEXICAN: Final = re.compile(
    r"(?:(?:\+52|0052|01152|52)(?:1|01|044|045)|01|044|045)(?P<number>[2-9]\d{9})", re.ASCII
)

_KIND: Final = "of a kind that gets no texts (premium, free, shared cost or the like)"
_NO_TEXTS: Final = {
    PhoneNumberType.FIXED_LINE: "a landline, which gets no texts",
    PhoneNumberType.VOIP: "of an internet phone, which gets no texts",
    PhoneNumberType.PAGER: "of a pager",
}
_TEXTABLE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_TEST_NUMBERS: Final = "+1500555"
"""Numbers by which providers are tried out; they are nobody's."""


def read_phone(text: str, *, country: str) -> str:
    """Parse a number that can be texted into E.164. Raises NotAnAddress.

    `country` (ISO 3166-1) is for a number without a prefix: people write it as they dial it there.
    Only a valid number of a kind that gets texts is accepted.
    """
    valid = _valid(text, country)
    textable = list(filter(_is_textable, valid))
    if not textable:
        kind = phonenumbers.number_type(valid[0])
        raise NotAnAddress(f"the number is {_NO_TEXTS.get(kind, _KIND)}; give that of a mobile")
    if _EXTENDED.fullmatch(_typed(text)):
        raise NotAnAddress("what follows the last hyphen reads like an extension; leave it out")
    return _only(textable)


def _is_textable(number: PhoneNumber) -> bool:
    is_test_number = _in_e164(number).startswith(_TEST_NUMBERS)
    return is_test_number or phonenumbers.number_type(number) in _TEXTABLE


def read_possible_phone(text: str, *, country: str) -> str:
    """Parse a number of any kind, valid or only possible, into E.164. Raises NotAnAddress."""
    readings = _readings(_digits(text), country)
    if not readings:
        raise NotAnAddress(_HOW_TO)
    return _in_e164(next(filter(phonenumbers.is_valid_number, readings), readings[0]))


def read_valid_phone(text: str, *, country: str) -> str:
    """Parse a valid number of any kind into E.164. Raises NotAnAddress."""
    return _only(_valid(text, country))


def read_phone_in(country: str, text: str) -> str:
    """Parse a valid number of a country into E.164. Raises NotAnAddress for any other."""
    valid = _valid(text, country)
    own = [number for number in valid if phonenumbers.is_valid_number_for_region(number, country)]
    if not own:
        raise NotAnAddress(f"this is no number of {country}")
    return _only(own)


def read_sender_of_text(text: str, *, countries: Collection[str]) -> str:
    """Parse the number that a text came from into E.164; other senders stay as they are.

    Gateways write numbers with or without a plus sign and prefix. A reading that can be texted
    counts before any other; `countries` are those whose national numbers it may be.
    """
    for read in (read_phone, read_valid_phone):
        for country in sorted(countries) or ("ZZ",):
            for form in (text, f"+{text.strip()}"):
                try:
                    return read(form, country=country)
                except NotAnAddress:
                    continue
    return without_invisible(text)


_HOW_TO: Final = "check its digits, or write it with its country, like +351912345678"


def _valid(text: str, country: str) -> list[PhoneNumber]:
    """The valid numbers that a text may stand for. Raises NotAnAddress if there is none."""
    valid = list(filter(phonenumbers.is_valid_number, _readings(_digits(text), country)))
    if not valid:
        raise NotAnAddress(f"there is no such number; {_HOW_TO}")
    return valid


def _only(numbers: Sequence[PhoneNumber]) -> str:
    if len(numbers) > 1:
        raise NotAnAddress("the number has two meanings; write it with a plus sign and its country")
    return _in_e164(numbers[0])


def _in_e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, E164)


def _readings(digits: str, country: str) -> list[PhoneNumber]:
    """The possible numbers that digits may stand for, each once."""
    readings: list[PhoneNumber] = []
    for form in _forms(digits, country):
        try:
            number = phonenumbers.parse(form, country)
        except phonenumbers.NumberParseException:
            continue
        is_short = len(_in_e164(number)) <= 1 + _MOST_DIGITS
        reason = phonenumbers.is_possible_number_with_reason(number)
        if is_short and reason == ValidationResult.IS_POSSIBLE and number not in readings:
            readings.append(number)
    return readings


def _forms(digits: str, country: str) -> Iterator[str]:
    """Digits as they are dialed in the country, and those in which a prefix lacks its plus sign."""
    own_code = str(phonenumbers.country_code_for_region(country))
    yield _without_mexican_prefix(digits, country)
    if digits.startswith("00"):
        yield f"+{digits[2:]}"
    elif digits.startswith(own_code):
        yield f"+{digits}"


def _without_mexican_prefix(digits: str, country: str) -> str:
    """A number of Mexico without what was dialed for mobiles until August 2019.

    Address books still have it, and the numbers themselves have ten digits.
    """
    prefixed = _MEXICAN.fullmatch(digits)
    if prefixed is None or not (country == "MX" or digits.startswith(("+52", "0052", "01152"))):
        return digits
    return f"+52{prefixed['number']}"


def _digits(text: str) -> str:
    """Check how a number is written, and return its digits, with a plus sign if it has one."""
    typed = _typed(text)
    for shape, message in _NO_NUMBERS.items() if len(typed) <= _LONGEST else ():
        if shape.fullmatch(typed):
            raise NotAnAddress(message)
    if len(typed) > _LONGEST or not _NUMBER.fullmatch(typed):
        raise NotAnAddress("write one number, in digits and nothing else, like +351912345678")
    plus = "+" if "+" in typed else ""
    return plus + "".join(filter(str.isdecimal, typed))


def _typed(text: str) -> str:
    return _in_ascii(_unwrapped(without_invisible(text)))


def _unwrapped(text: str) -> str:
    cell = _TEXT_CELL.fullmatch(text)
    return next((part for part in cell.groups() if part is not None), "").strip() if cell else text


def _in_ascii(text: str) -> str:
    """Digits of any script, plus signs and spaces in ASCII."""
    return "".join(map(_ascii_of, text))


def _ascii_of(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) == "Zs":
        return " "
    return {"\uff0b": "+", "\uff08": "(", "\uff09": ")", "\uff0e": ".", "\uff0f": "/"}.get(
        character, character
    )


@lru_cache(maxsize=8192)
def countries_of(number: str) -> frozenset[str]:
    """The countries (ISO 3166-1) that a number in E.164 may belong to.

    There is more than one only if countries share the prefix and the number does not distinguish
    them: a mobile of the Isle of Man may be one of Great Britain.
    """
    parsed = phonenumbers.parse(number)
    sharing = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(parsed.country_code or 0, ())
    owners = (
        country for country in sharing if phonenumbers.is_valid_number_for_region(parsed, country)
    )
    return frozenset(owners) or frozenset(sharing)


def zones_of(number: str) -> tuple[str, ...]:
    """The IANA zones that a number in E.164 may belong to, by its longest known prefix."""
    return _zones_of_prefix(number.removeprefix("+")[:TIMEZONE_LONGEST_PREFIX])


@lru_cache(maxsize=8192)
def _zones_of_prefix(digits: str) -> tuple[str, ...]:
    for length in range(len(digits), 0, -1):
        if zones := TIMEZONE_DATA.get(digits[:length]):
            return tuple(zones)
    return ()


def is_country(code: str) -> bool:
    """Whether a code is one of ISO 3166-1 that has phone numbers."""
    return code in phonenumbers.SUPPORTED_REGIONS
