"""Scalars: strings on the wire, parsed and checked. Errors repeat no input."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import graphene
import phonenumbers
from email_validator import EmailNotValidError, validate_email
from graphql import GraphQLError, StringValueNode, Undefined, ValueNode

from services.contracts.zones import is_place

Parse = Callable[[str], Any]
"""Parses the text into a Python value; raises ValueError that says what is expected."""

Serialize = Callable[[Any], str]


def text_scalar(name: str, description: str, parse: Parse, serialize: Serialize) -> Any:  # noqa: ANN401 - graphene ships no types
    """Define a scalar that is a string on the wire."""

    def parse_value(value: object) -> Any:  # noqa: ANN401 - any scalar's value
        if not isinstance(value, str):
            raise GraphQLError(f"{name} must be a string.")
        try:
            return parse(value)
        except ValueError as error:
            raise GraphQLError(f"{name}: {error}") from None

    def parse_literal(node: ValueNode, _variables: object = None) -> Any:  # noqa: ANN401 - any scalar's value
        if not isinstance(node, StringValueNode):
            return Undefined
        return parse_value(node.value)

    return type(
        name,
        (graphene.Scalar,),
        {
            "__doc__": description,
            "serialize": staticmethod(serialize),
            "parse_value": staticmethod(parse_value),
            "parse_literal": staticmethod(parse_literal),
        },
    )


# RFC 5646 in the parts that people use: language, script, region, variants.
_LOCALE = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*",
    re.ASCII,
)
_LONGEST_LOCALE: Final = 35  # RFC 5646 §4.4.1: what an implementation should be able to hold
_SCRIPT_LENGTH: Final = 4
_REGION_LENGTH: Final = 2


@cache
def known_zones() -> frozenset[str]:
    return frozenset(filter(is_place, available_timezones()))


def parse_zone(text: str) -> str:
    """Check against the list of names only: a name never becomes a path."""
    if text not in known_zones():
        raise ValueError("give an IANA name, like Europe/Lisbon.")
    return text


def parse_locale(text: str) -> str:
    """Return the tag in its usual case: language lower, Script title, REGION upper."""
    if len(text) > _LONGEST_LOCALE or not _LOCALE.fullmatch(text):
        raise ValueError("give a BCP 47 tag, like es or es-MX.")
    language, *rest = text.split("-")
    return "-".join((language.lower(), *map(_in_usual_case, rest)))


def _in_usual_case(subtag: str) -> str:
    if len(subtag) == _SCRIPT_LENGTH and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == _REGION_LENGTH else subtag.lower()


TimeZone = text_scalar("TimeZone", "IANA zone name, like Europe/Lisbon.", parse_zone, str)
Locale = text_scalar("Locale", "BCP 47 tag, like en or es-MX.", parse_locale, str)


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


FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DURATION = re.compile(
    r"-?P(?=\d|T\d)(\d{1,6}W|(\d{1,6}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?)", re.ASCII
)
_MICROSECOND_DIGITS: Final = 6


def parse_instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        raise ValueError("give date, time and offset, like 2026-05-01T10:00:00+02:00.")
    try:
        instant = datetime.fromisoformat(_shortened(text.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("there is no such time.") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"years go from {FIRST_YEAR} to {LAST_YEAR}.")
    return instant


def _shortened(text: str) -> str:
    """Cut a fraction to the microseconds that Python and PostgreSQL keep."""
    return re.sub(rf"(\.\d{{{_MICROSECOND_DIGITS}}})\d+", r"\1", text)


def show_instant(instant: datetime) -> str:
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError("give it like 2026-05-01.")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"years go from {FIRST_YEAR} to {LAST_YEAR}.")
    return day


def parse_local_time(text: str) -> time:
    if not _LOCAL_TIME.fullmatch(text):
        raise ValueError("give hours and minutes, like 09:30.")
    return time.fromisoformat(text)


def show_local_time(value: time | str) -> str:
    return value if isinstance(value, str) else value.strftime("%H:%M")


def parse_duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError("give it like PT24H or P3D.")
    return text


DateTime = text_scalar(
    "DateTime",
    "RFC 3339 instant. The offset is required on input; output is in UTC and ends in Z.",
    parse_instant,
    show_instant,
)
Date = text_scalar("Date", "ISO calendar date, like 2026-05-01.", parse_date, date.isoformat)
LocalTime = text_scalar(
    "LocalTime",
    "Local time as HH:MM, in the patient's time zone.",
    parse_local_time,
    show_local_time,
)
Duration = text_scalar("Duration", "ISO 8601 duration, like PT24H or P3D.", parse_duration, str)


def parse_url(text: str) -> str:
    """Accept only an absolute https URL, which can be shown as a link."""
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or not text.isprintable() or " " in text:
        raise ValueError("give an absolute https URL.")
    return text


URL = text_scalar("URL", "Absolute https URL.", parse_url, parse_url)


SPECIFIED_BY: Final = {
    "DateTime": "https://scalars.graphql.org/andimarek/date-time.html",
    "Date": "https://scalars.graphql.org/andimarek/local-date.html",
    "Duration": "https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
    "EmailAddress": "https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1",
    "Locale": "https://www.rfc-editor.org/info/bcp47",
    "LocalTime": "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    "PhoneNumber": "https://www.itu.int/rec/T-REC-E.164",
    "TimeZone": "https://www.iana.org/time-zones",
    "URL": "https://www.rfc-editor.org/rfc/rfc3986",
}
