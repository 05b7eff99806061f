"""Finds the locale of Unicode's CLDR, as Babel names it, of a language tag."""

from functools import lru_cache

from babel import localedata


@lru_cache
def cldr_name(tag: str) -> str | None:
    """Return the locale of a tag's language and place, like es_MX of es-MX.

    Returns None if the tag names no place, or CLDR has no such locale.
    """
    language, _, rest = tag.partition("-")
    name = f"{language}_{rest.rpartition('-')[2]}"
    return name if localedata.exists(name) else None
