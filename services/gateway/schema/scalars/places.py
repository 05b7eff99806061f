"""Time zones and locales."""

import re
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from services.contracts.zones import is_place
from services.gateway.schema.scalars.text import text_scalar

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
