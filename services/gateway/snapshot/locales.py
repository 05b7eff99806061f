"""Normalizes requested locales."""

from collections.abc import Container


def normalized(tag: str, available: Container[str]) -> str:
    """Return the longest prefix of the tag that the catalog has, otherwise its language.

    es-MX becomes es if the catalog has es but not es-MX, and also if it has neither: so ids stay
    the same on the day a translation is added.
    """
    while "-" in tag:
        if tag in available:
            return tag
        tag = tag.rpartition("-")[0]
    return tag
