"""When the patients of claimed messages may be written to."""

from datetime import datetime, time

from services.contracts.reminders import QuietHours
from services.reminders.core.windows import (
    Window,
    ZonesOf,
    instant,
    possible_zones,
    zone_named,
)
from services.reminders.delivery.storage.case_rows import Known, Place


def window_of(person: Known, place: Place, number: str | None, zones_of: ZonesOf) -> Window:
    """By what the patient states, else the clinic; `number` is the one that is texted.

    Raises NoSuchZone.
    """
    start, end = person.quiet_start, person.quiet_end
    if start is None or end is None:
        start, end = place.quiet_start, place.quiet_end
    stated = person.time_zone
    zone = zone_named(stated or place.time_zone)
    return Window(
        zone,
        QuietHours(start=start, end=end),
        person.region,
        possible_zones(zone, zones_of(number)) if number and not stated else (),
    )


def midnight(now: datetime, window: Window) -> datetime:
    """When the patient's day began."""
    return instant(now.astimezone(window.zone).date(), time(0), window.zone)
