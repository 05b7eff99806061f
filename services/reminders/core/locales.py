"""Language tags and regions, by their shape."""

import re
from collections.abc import Callable

_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_REGION = re.compile(r"([A-Z]{2})-([A-Z0-9]{1,3})")

# ISO 3166-2:US. Some states have hours of their own; a mistyped state would silently have none.
_US_SUBDIVISIONS = frozenset({
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN",
    "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV",
    "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN",
    "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY", "DC", "AS", "GU", "MP", "PR", "UM",
    "VI",
})  # fmt: skip


def is_locale(tag: str) -> bool:
    """Whether a text has the shape of a BCP 47 tag of language, script and region."""
    return _LOCALE.fullmatch(tag) is not None


def reader_locale(text: str, *, reader: str | None, place: str) -> str:
    """Combine the language of a text with the country whose dates and clock its reader knows.

    `text` and `reader` are tags: a text in en for a reader of en-GB gives en-GB. A reader whose
    tag names no country is taken to live in `place`, a country or region such as US or US-TX.
    """
    *_, country = (reader or "").split("-")
    if not country.isupper() and not country.isdigit():
        country = place.partition("-")[0]
    return f"{text.partition('-')[0]}-{country}"


def text_in(locale: str, text: str | None, *, written_in: str) -> str | None:
    """The text if it is written in the language of `locale`; None otherwise."""
    return text if locale.partition("-")[0] == written_in.partition("-")[0] else None


def is_region(code: str, is_country: Callable[[str], bool]) -> bool:
    """Whether a text looks like an ISO 3166-2 code, such as US-TX, of an existing country.

    For the United States, the subdivision itself must exist as well.
    """
    match = _REGION.fullmatch(code)
    if match is None or not is_country(match[1]):
        return False
    return match[1] != "US" or match[2] in _US_SUBDIVISIONS
