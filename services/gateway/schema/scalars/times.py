"""Instants, dates, wall-clock times and durations."""

import re
from datetime import UTC, date, datetime, time
from typing import Final

from services.gateway.schema.scalars.text import text_scalar

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
