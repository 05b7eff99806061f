"""Language tags and regions, by their shape."""

import re
from collections.abc import Callable

_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_REGION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")


def is_locale(tag: str) -> bool:
    """Whether a text has the shape of a BCP 47 tag of language, script and region."""
    return _LOCALE.fullmatch(tag) is not None


def is_region(code: str, is_country: Callable[[str], bool]) -> bool:
    """Whether a text has the shape of an ISO 3166-2 code, like US-TX, of a country there is."""
    match = _REGION.fullmatch(code)
    return match is not None and is_country(match[1])
