"""Parses phone numbers and email addresses as people write them, and masks them."""

from collections.abc import Collection
from typing import Final

from email_validator import EmailNotValidError, validate_email

from services.contracts.catalog import Channel
from services.contracts.plain_text import without_invisible
from services.reminders.addresses.phone_numbers import (
    NotAnAddress,
    read_phone,
    read_sender_of_text,
)

_SHOWN_DIGITS: Final = 3
_LONGEST_EMAIL: Final = 254  # RFC 5321 §4.5.3.1.3, without its angle brackets
_HOW_TO: Final = "write the address like name@example.com"
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\uff07", "'"))
"""Phones and word processors type them for the apostrophe of a name such as O'Brien."""


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


def read_address(channel: Channel, text: str, *, country: str) -> str:
    """Parse an email address or, on other channels, a phone number. Raises NotAnAddress."""
    return read_email(text) if channel is Channel.EMAIL else read_phone(text, country=country)


def read_sender(channel: Channel, text: str, *, countries: Collection[str]) -> str:
    """Parse the address that a message came from, and leave one that cannot be read as it is.

    `countries` are those whose national numbers it may be.
    """
    if channel is Channel.SMS:
        return read_sender_of_text(text, countries=countries)
    try:
        return read_email(text)
    except NotAnAddress:
        return text


def read_email(text: str) -> str:
    """Parse an address into addr-spec, with its domain in ASCII and lower case.

    Raises NotAnAddress. A name before the @ that is not ASCII is refused, because only some mail
    servers take it.
    """
    typed = without_invisible(text).translate(_APOSTROPHES)
    if len(typed) > _LONGEST_EMAIL or not typed.isprintable():
        raise NotAnAddress(_HOW_TO)
    try:
        address = validate_email(
            typed,
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=True,  # the domain .test is where clinics try things out
        )
    except EmailNotValidError:
        raise NotAnAddress(_HOW_TO) from None
    return address.ascii_email or address.normalized


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
