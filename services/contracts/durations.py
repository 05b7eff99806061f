"""ISO 8601 durations as plans write them: days, hours, minutes and seconds."""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Final

_DURATION: Final = re.compile(
    r"(?P<sign>-?)P(?=.)(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)
_LONGEST: Final = timedelta(days=3660)


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> timedelta:
    """Parse `PT24H`, `P3D` or `-PT48H`; a day is 24 hours, even when the clocks change.

    Raises ValueError that says what to write instead.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a duration; write one such as PT24H or P3D")
    parts = {name: int(value or 0) for name, value in match.groupdict().items() if name != "sign"}
    try:
        length = timedelta(**parts)
    except OverflowError:
        length = timedelta.max
    if length > _LONGEST:
        raise ValueError(f"{text!r} is longer than ten years; correct it")
    return -length if match["sign"] else length
