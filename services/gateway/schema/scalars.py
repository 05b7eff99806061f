"""Scalars: strings on the wire, parsed and checked. Errors repeat no input."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import graphene
from graphql import GraphQLError, StringValueNode, Undefined, ValueNode

from services.contracts.plain_text import without_invisible
from services.contracts.scalars import FIRST_YEAR, LAST_YEAR, parse_instant, parse_locale
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


@cache
def known_zones() -> frozenset[str]:
    return frozenset(filter(is_place, available_timezones()))


def parse_zone(text: str) -> str:
    """Check against the list of names only: a name never becomes a path."""
    name = without_invisible(text)
    if name not in known_zones():
        raise ValueError("give an IANA name, like Europe/Lisbon.")
    return name


TimeZone = text_scalar("TimeZone", "IANA zone name, like Europe/Lisbon.", parse_zone, str)
Locale = text_scalar("Locale", "BCP 47 tag, like en or es-MX.", parse_locale, str)


def _as_written(text: str) -> str:
    """Leave reading to the service that knows the clinic's country. Surrogates cannot be sent."""
    return text.encode(errors="replace").decode()


PhoneNumber = text_scalar(
    "PhoneNumber",
    "A phone number. Input is as people of the clinic's country write it: digits and separators, "
    "with or without the country's prefix. Output is in E.164 format, and null if the viewer may "
    "not see it; use ContactPoint.masked for display.",
    _as_written,
    str,
)
EmailAddress = text_scalar(
    "EmailAddress",
    "An email address (addr-spec). Null on output if the viewer may not see it.",
    _as_written,
    str,
)


_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LOCAL_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DURATION = re.compile(
    r"-?P(?=\d|T\d)(\d{1,6}W|(\d{1,6}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?)", re.ASCII
)


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
