"""When a clinic is open, in words that services share."""

from datetime import date, time
from enum import StrEnum

import msgspec


class Weekday(StrEnum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class OpeningHours(msgspec.Struct, frozen=True, kw_only=True):
    """A span of a weekday in the clinic's local time. A day may have several, or none.

    `closes` is the first minute that is closed again. If it is not after `opens`, it is on the next
    day; 00:00 to 00:00 is the whole day.
    """

    day: Weekday
    opens: time
    closes: time


class Closure(msgspec.Struct, frozen=True, kw_only=True):
    """Whole days on which the clinic is closed, both included."""

    first_day: date
    last_day: date
    note: str | None = None
