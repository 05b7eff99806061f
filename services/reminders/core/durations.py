"""ISO 8601 durations as plans write them: days, hours, minutes, seconds; exact lengths."""

from datetime import timedelta
from functools import lru_cache

import msgspec


class NotADuration(ValueError):
    """Not a duration of exact length; months and years have none."""


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> timedelta:
    """Read `PT24H`, `P3D` or `-PT2H`; a day is 24 hours, whatever the clocks do."""
    try:
        return msgspec.convert(text, timedelta)
    except msgspec.ValidationError:
        raise NotADuration(f"{text!r} is no duration; write it like PT24H or P3D") from None
