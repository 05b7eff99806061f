"""Names of time zones that say where somebody is."""

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

    Older names that it keeps, like `EST` and `US/Eastern`, are abbreviations or aliases: some
    have no summer time, which is not what those who write them mean.
    """
    area, _, location = name.partition("/")
    return name == "UTC" or (area in _AREAS and location != "")
