"""Parses phone numbers and email addresses as people write them, and masks them."""

from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from services.contracts.catalog import Channel

_SHOWN_DIGITS: Final = 3


class NotAnAddress(ValueError):
    """The text is no address. The message says what to write and never repeats the text."""


class NotADomain(ValueError):
    """The text is no domain of mail addresses. The message says what to write."""


def mask(channel: Channel, address: str) -> str:
    """Show enough of an address for its owner to recognize it, and no more."""
    return _mask_email(address) if channel is Channel.EMAIL else _mask_phone(address)


def _mask_phone(number: str) -> str:
    head, tail = number[:4], number[-_SHOWN_DIGITS:]
    return head + "•" * max(3, len(number) - len(head) - len(tail)) + tail


def _mask_email(address: str) -> str:
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}•••@{domain}"


E164: Final = phonenumbers.PhoneNumberFormat.E164


def read_address(channel: Channel, text: str, *, country: str) -> str:
    """Parse an email address or, on other channels, a phone number. Raises NotAnAddress."""
    return read_email(text) if channel is Channel.EMAIL else read_phone(text, country=country)


def read_phone(text: str, *, country: str) -> str:
    """Parse a number into E.164; `country` is for one without a prefix. Raises NotAnAddress.

    The number must be possible, but need not be assigned: only providers know what is assigned,
    and a test number is not. Nothing is looked up on the network.
    """
    return phonenumbers.format_number(_number(text, country), E164)


def read_phone_in(country: str, text: str) -> str:
    """Parse a valid number of a country into E.164. Raises NotAnAddress for any other."""
    number = _number(text, country)
    if not phonenumbers.is_valid_number_for_region(number, country):
        raise NotAnAddress(f"this is no number of {country}")
    return phonenumbers.format_number(number, E164)


def countries_of(number: str) -> frozenset[str]:
    """The countries (ISO 3166-1) that a number in E.164 may belong to.

    There is more than one only if countries share the prefix and the number does not distinguish
    them.
    """
    parsed = _number(number, "")
    if region := phonenumbers.region_code_for_number(parsed):
        return frozenset({region})
    prefix = parsed.country_code or 0
    return frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(prefix, ()))


def read_email(text: str) -> str:
    """Parse an address into addr-spec, with its domain in lower case. Raises NotAnAddress."""
    try:
        address = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise NotAnAddress("write the address like name@example.com") from None
    return address.normalized


_LONGEST_DOMAIN: Final = 189
"""With a local part of 64 characters and brackets, a path has 256 (RFC 5321 §4.5.3.1.3)."""


def read_domain(text: str) -> str:
    """Parse a domain of mail addresses into lower-case ASCII. Raises NotADomain."""
    try:
        address = validate_email(
            f"b@{text.strip()}", check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        raise NotADomain("write the domain like bounces.example.com") from None
    domain = address.ascii_domain.lower()
    if len(domain) > _LONGEST_DOMAIN:
        raise NotADomain(f"a domain for bounces has at most {_LONGEST_DOMAIN} characters")
    return domain


def _number(text: str, country: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise NotAnAddress("write the number with its country, like +351912345678") from None
    if not phonenumbers.is_possible_number(number) or number.extension:
        raise NotAnAddress("this number has too many or too few digits for its country")
    return number


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
