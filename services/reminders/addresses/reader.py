"""Reads phone numbers and email addresses as people write them."""

from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from services.reminders.core.contacts import NotAnAddress

E164: Final = phonenumbers.PhoneNumberFormat.E164


class LibraryAddressReader:
    """By the numbering plans of `phonenumbers` and the syntax rules of `email-validator`.

    A patient's number must be possible, not assigned: carriers know what is assigned, and a test
    number is not. No network is asked.
    """

    def phone(self, text: str, *, country: str) -> str:
        return phonenumbers.format_number(_number(text, country), E164)

    def phone_in(self, country: str, text: str) -> str:
        number = _number(text, country)
        if not phonenumbers.is_valid_number_for_region(number, country):
            raise NotAnAddress(f"this is no number of {country}")
        return phonenumbers.format_number(number, E164)

    def countries(self, number: str) -> frozenset[str]:
        """One, but for the numbers that we cannot tell apart among those that share a prefix."""
        parsed = _number(number, "")
        if region := phonenumbers.region_code_for_number(parsed):
            return frozenset({region})
        prefix = parsed.country_code or 0
        return frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(prefix, ()))

    def email(self, text: str) -> str:
        try:
            found = validate_email(text, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise NotAnAddress("write the address like name@example.com") from None
        return found.normalized


def _number(text: str, country: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise NotAnAddress("write the number with its country, like +351912345678") from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise NotAnAddress("this number has too many or too few digits for its country")
    return number


def zones_of(number: str) -> tuple[str, ...]:
    """The IANA zones that a number in E.164 may be of, by its longest known prefix."""
    return _zones_of_prefix(number.removeprefix("+")[:TIMEZONE_LONGEST_PREFIX])


@lru_cache(maxsize=8192)
def _zones_of_prefix(digits: str) -> tuple[str, ...]:
    for length in range(len(digits), 0, -1):
        if found := TIMEZONE_DATA.get(digits[:length]):
            return tuple(found)
    return ()


def is_country(code: str) -> bool:
    """Whether a code is one of ISO 3166-1 that has phone numbers."""
    return code in phonenumbers.SUPPORTED_REGIONS
