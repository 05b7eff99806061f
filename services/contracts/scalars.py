"""Instants and language tags, read alike in the API and in files."""

import re
from datetime import UTC, datetime
from typing import Final

from services.contracts.plain_text import without_invisible

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100

_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_MICROSECOND_DIGITS: Final = 6

# RFC 5646 in the parts that people use: language, script, region, variants.
_LOCALE: Final = re.compile(
    r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-([A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*",
    re.ASCII,
)
_LONGEST_LOCALE: Final = 35  # RFC 5646 §4.4.1: what an implementation should be able to hold
_SCRIPT_LENGTH: Final = 4
_REGION_LENGTH: Final = 2


def parse_instant(text: str) -> datetime:
    """Parse an instant of RFC 3339 into UTC. Raises ValueError that says what is expected."""
    written = without_invisible(text)
    if not _INSTANT.fullmatch(written):
        raise ValueError("give date, time and offset, like 2026-05-01T10:00:00+02:00.")
    try:
        instant = datetime.fromisoformat(_shortened(written.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("there is no such time.") from None
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"years go from {FIRST_YEAR} to {LAST_YEAR}.")
    return instant


def _shortened(text: str) -> str:
    """Cut a fraction to the microseconds that Python and PostgreSQL keep."""
    return re.sub(rf"(\.\d{{{_MICROSECOND_DIGITS}}})\d+", r"\1", text)


def parse_locale(text: str) -> str:
    """Return the tag in its usual case: language lower, Script title, REGION upper."""
    tag = without_invisible(text)
    if len(tag) > _LONGEST_LOCALE or not _LOCALE.fullmatch(tag):
        raise ValueError("give a BCP 47 tag, like es or es-MX.")
    language, *rest = tag.split("-")
    return "-".join((language.lower(), *map(_in_usual_case, rest)))


def _in_usual_case(subtag: str) -> str:
    if len(subtag) == _SCRIPT_LENGTH and subtag.isalpha():
        return subtag.title()
    return subtag.upper() if len(subtag) == _REGION_LENGTH else subtag.lower()
