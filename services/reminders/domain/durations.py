"""ISO 8601 durations as plans write them: weeks, days, hours, minutes, seconds; exact lengths."""

import re
from datetime import timedelta

_SHAPE = re.compile(
    r"(?P<sign>-?)P(?=\d|T\d)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)


class NotADuration(ValueError):
    """Not a duration of exact length; months and years have none."""


def parse_duration(text: str) -> timedelta:
    """Read `PT24H`, `P3D` or `-PT2H`; a day is 24 hours, whatever the clocks do."""
    shape = _SHAPE.fullmatch(text)
    if not shape:
        raise NotADuration(f"{text!r} is no duration; write it like PT24H or P3D")
    parts = {unit: int(amount or 0) for unit, amount in shape.groupdict().items() if unit != "sign"}
    length = timedelta(**parts)
    return -length if shape["sign"] else length
