"""Names of time zones that denote a place."""

from typing import Final

_AREAS: Final = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)


def is_place(name: str) -> bool:
    """Whether a name has the form Area/Location of the tz database, or is UTC.

    Older names such as `EST` and `US/Eastern` are abbreviations or aliases. Some have no summer
    time, which their users do not expect.
    """
    area, _, location = name.partition("/")
    return name == "UTC" or (area in _AREAS and location != "")
