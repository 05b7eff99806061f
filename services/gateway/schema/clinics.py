"""Clinics and their hours."""

import graphene

from services.contracts.clinic_hours import OpeningHours as OpeningSpan
from services.contracts.clinic_hours import Weekday
from services.contracts.reminders import ClinicRecord
from services.gateway.schema.access import ANY_KEY
from services.gateway.schema.enums import described
from services.gateway.schema.fields import (
    Node,
    ObjectType,
    attribute,
    field,
    id_field,
    list_of,
    mapped,
    required,
)
from services.gateway.schema.scalars import Date, Locale, LocalTime, PhoneNumber, TimeZone

_DAYS = tuple(Weekday)


def _week_of(clinic: ClinicRecord) -> list[OpeningSpan]:
    return sorted(clinic.opening_hours, key=lambda span: (_DAYS.index(span.day), span.opens))


class QuietHours(ObjectType, access=ANY_KEY):
    """Local times between which nothing is sent. They can cross midnight."""

    start = field(required(LocalTime), "The first minute of quiet.")
    end = field(required(LocalTime), "The first minute after it.")


WeekdayEnum = described(
    Weekday,
    "A day of the week.",
    {day.value: f"{day.value.capitalize()}." for day in Weekday},
)


class OpeningHours(ObjectType, access=ANY_KEY):
    """A time span in which a clinic is open. A day can have several."""

    day = field(required(WeekdayEnum), "The day on which it begins.")
    opens = field(required(LocalTime), "The first minute that it is open.")
    closes = field(
        required(LocalTime),
        "The first minute that it is closed again; on the next day if not later than `opens`.",
    )


class Closure(ObjectType, access=ANY_KEY):
    """Whole days on which a clinic is closed."""

    from_ = field(required(Date), "The first day.", attribute("first_day", ANY_KEY), name="from")
    to = field(required(Date), "The last day.", attribute("last_day", ANY_KEY))
    note = field(graphene.String, "The reason, for patients.")


class Clinic(ObjectType, interfaces=(Node,), access=ANY_KEY):
    """A clinic."""

    id = id_field("Clinic", ANY_KEY)
    name = field(required(graphene.String), "The name that its messages begin with.")
    time_zone = field(required(TimeZone), "The clinic's time zone.")
    locale = field(required(Locale), "The language of its staff.")
    country = field(required(graphene.String), "ISO 3166-1 alpha-2.")
    emergency_number = field(required(graphene.String), "The emergency number in its country.")
    phone = field(PhoneNumber, "The phone number for patients.")
    quiet_hours = field(
        required(QuietHours), "When nothing is sent to its patients, unless they chose other hours."
    )
    opening_hours = field(
        list_of(OpeningHours),
        "Opening hours from Monday on; empty if not stated.",
        mapped(_week_of, ANY_KEY),
    )
    closures = field(
        list_of(Closure), "Days on which it is closed regardless of its opening hours."
    )
    out_of_hours = field(graphene.String, "What patients should do when it is closed.")
