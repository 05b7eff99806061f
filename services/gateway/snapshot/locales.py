"""Which locale is served for the one that is asked for."""

from collections.abc import Container


def normalized(asked: str, available: Container[str]) -> str:
    """The longest beginning of the tag that the catalog has, else its language alone.

    es-MX is es where the catalog has es. Where it has not, it is es all the same: ids stay the
    same on the day a translation appears.
    """
    tag = asked
    while "-" in tag:
        if tag in available:
            return tag
        tag = tag.rpartition("-")[0]
    return tag
