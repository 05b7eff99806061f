"""Phone numbers and email addresses.

A contact that cannot be used becomes `Unusable`, not a coercion error: a person typed it into a
form, so the mutation returns a userError that names the field.
"""

from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from services.gateway.schema.scalars.text import text_scalar

_LONGEST_PHONE: Final = 40
_LONGEST_EMAIL: Final = 254


class Unusable:
    """A contact that cannot be used; it holds nothing of the input."""

    __slots__ = ()


def parse_phone(text: str) -> str | Unusable:
    """Return the number in E.164, from international format with any usual separators."""
    if len(text) > _LONGEST_PHONE or not text.isascii() or not text.strip().startswith("+"):
        return Unusable()
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return Unusable()
    # Possible, not valid: numbering plans gain ranges faster than our copy of them.
    reason = phonenumbers.is_possible_number_with_reason(number)
    if number.extension or reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Unusable()
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_email(text: str) -> str | Unusable:
    """Return the address with its domain in lower case, without a check that it exists."""
    if len(text) > _LONGEST_EMAIL or not text.isprintable():
        return Unusable()
    try:
        checked = validate_email(
            text.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=True,  # the domain .test is where clinics try things out
        )
    except EmailNotValidError:
        return Unusable()
    return checked.ascii_email or Unusable()


PhoneNumber = text_scalar(
    "PhoneNumber",
    "A phone number in E.164 format. Null on output if the viewer may not see it; use "
    "ContactPoint.masked for display.",
    parse_phone,
    str,
)
EmailAddress = text_scalar(
    "EmailAddress",
    "An email address (addr-spec). Null on output if the viewer may not see it.",
    parse_email,
    str,
)
