"""When the patients of claimed messages may be written to."""

from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from services.contracts.reminders import QuietHours
from services.reminders.domain.windows import (
    Window,
    ZonesOf,
    instant,
    possible_zones,
    zone_named,
)


def window_of(
    person: sa.Row[Any] | None, place: sa.Row[Any], number: str | None, zones_of: ZonesOf
) -> Window:
    """By the patient's row, else the clinic's; `number` is the one that is texted.

    Raises NoSuchZone.
    """
    quiet = person if person is not None and person.quiet_start is not None else place
    stated = person and person.time_zone
    zone = zone_named(stated or place.time_zone)
    return Window(
        zone,
        QuietHours(start=quiet.quiet_start, end=quiet.quiet_end),
        person and person.region,
        possible_zones(zone, zones_of(number)) if number and not stated else (),
    )


def midnight(now: datetime, window: Window) -> datetime:
    """When the patient's day began."""
    return instant(now.astimezone(window.zone).date(), time(0), window.zone)
