import graphene

from services.contracts.clinic_hours import OpeningHours as OpeningSpan
from services.contracts.clinic_hours import Weekday
from services.contracts.reminders import ClinicRecord
from services.gateway.schema import ids
from services.gateway.schema.access import ANY_KEY
from services.gateway.schema.enums import described
from services.gateway.schema.fields import attribute, field, list_of, mapped, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.scalars.contacts import PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.scalars.times import Date, LocalTime

_DAYS = tuple(Weekday)


def _week_of(clinic: ClinicRecord) -> list[OpeningSpan]:
    return sorted(clinic.opening_hours, key=lambda span: (_DAYS.index(span.day), span.opens))


class QuietHours(graphene.ObjectType):
    """Local times between which nothing is sent. They can cross midnight."""

    start = field(required(LocalTime), "The first minute of quiet.", attribute("start", ANY_KEY))
    end = field(required(LocalTime), "The first minute after it.", attribute("end", ANY_KEY))


WeekdayEnum = described(
    Weekday,
    "A day of the week.",
    {day.value: f"{day.value.capitalize()}." for day in Weekday},
)


class OpeningHours(graphene.ObjectType):
    """A time span in which a clinic is open. A day can have several."""

    day = field(required(WeekdayEnum), "The day on which it begins.", attribute("day", ANY_KEY))
    opens = field(
        required(LocalTime), "The first minute that it is open.", attribute("opens", ANY_KEY)
    )
    closes = field(
        required(LocalTime),
        "The first minute that it is closed again; on the next day if not later than `opens`.",
        attribute("closes", ANY_KEY),
    )


class Closure(graphene.ObjectType):
    """Whole days on which a clinic is closed."""

    from_ = field(required(Date), "The first day.", attribute("first_day", ANY_KEY), name="from")
    to = field(required(Date), "The last day.", attribute("last_day", ANY_KEY))
    note = field(graphene.String, "The reason, for patients.", attribute("note", ANY_KEY))


class Clinic(ObjectType, interfaces=(Node,)):
    """A clinic."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda clinic: ids.encode("Clinic", clinic.id), ANY_KEY),
    )
    name = field(
        required(graphene.String),
        "The name that its messages begin with.",
        attribute("name", ANY_KEY),
    )
    time_zone = field(
        required(TimeZone), "The clinic's time zone.", attribute("time_zone", ANY_KEY)
    )
    locale = field(required(Locale), "The language of its staff.", attribute("locale", ANY_KEY))
    country = field(required(graphene.String), "ISO 3166-1 alpha-2.", attribute("country", ANY_KEY))
    emergency_number = field(
        required(graphene.String),
        "The emergency number in its country.",
        attribute("emergency_number", ANY_KEY),
    )
    phone = field(PhoneNumber, "The phone number for patients.", attribute("phone", ANY_KEY))
    quiet_hours = field(
        required(QuietHours),
        "When nothing is sent to its patients, unless they chose other hours.",
        attribute("quiet_hours", ANY_KEY),
    )
    opening_hours = field(
        list_of(OpeningHours),
        "Opening hours from Monday on; empty if not stated.",
        mapped(_week_of, ANY_KEY),
    )
    closures = field(
        list_of(Closure),
        "Days on which it is closed regardless of its opening hours.",
        attribute("closures", ANY_KEY),
    )
    out_of_hours = field(
        graphene.String,
        "What patients should do when it is closed.",
        attribute("out_of_hours", ANY_KEY),
    )
