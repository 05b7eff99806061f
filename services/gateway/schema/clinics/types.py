import graphene

from services.contracts.clinic_hours import OpeningHours as OpeningSpan
from services.contracts.clinic_hours import Weekday
from services.contracts.reminders import ClinicRecord
from services.gateway.schema import ids
from services.gateway.schema.access import ANY_KEY
from services.gateway.schema.enums import described
from services.gateway.schema.fields import each, field, must, reads, some
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.scalars.contacts import PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.scalars.times import Date, LocalTime

_DAYS = tuple(Weekday)


def _week_of(clinic: ClinicRecord) -> list[OpeningSpan]:
    return sorted(clinic.opening_hours, key=lambda one: (_DAYS.index(one.day), one.opens))


class QuietHours(graphene.ObjectType):
    """Wall-clock times between which nothing is sent; may cross midnight."""

    start = field(must(LocalTime), "The first minute of quiet.", reads("start", ANY_KEY))
    end = field(must(LocalTime), "The first minute after it.", reads("end", ANY_KEY))


WeekdayEnum = described(
    Weekday,
    "A day of the week.",
    {day.value: f"{day.value.capitalize()}." for day in Weekday},
)


class OpeningHours(graphene.ObjectType):
    """A span in which a clinic is open; a day may have several."""

    day = field(must(WeekdayEnum), "The day it begins on.", reads("day", ANY_KEY))
    opens = field(must(LocalTime), "The first minute of it.", reads("opens", ANY_KEY))
    closes = field(
        must(LocalTime),
        "The first minute after it; on the next day where it is not after `opens`.",
        reads("closes", ANY_KEY),
    )


class Closure(graphene.ObjectType):
    """Whole days on which a clinic is closed."""

    from_ = field(must(Date), "The first day.", reads("first_day", ANY_KEY), name="from")
    to = field(must(Date), "The last day.", reads("last_day", ANY_KEY))
    note = field(graphene.String, "Why, for its patients.", reads("note", ANY_KEY))


class Clinic(ObjectType, interfaces=(Node,)):
    """A clinic."""

    id = field(
        must(graphene.ID),
        "Opaque, unique in the whole service.",
        each(lambda clinic: ids.encode("Clinic", clinic.id), ANY_KEY),
    )
    name = field(must(graphene.String), "What its messages begin with.", reads("name", ANY_KEY))
    time_zone = field(must(TimeZone), "Where it is.", reads("time_zone", ANY_KEY))
    locale = field(must(Locale), "What its staff read.", reads("locale", ANY_KEY))
    country = field(must(graphene.String), "ISO 3166-1 alpha-2.", reads("country", ANY_KEY))
    emergency_number = field(
        must(graphene.String),
        "What to call in an emergency there.",
        reads("emergency_number", ANY_KEY),
    )
    phone = field(PhoneNumber, "Where patients reach it.", reads("phone", ANY_KEY))
    quiet_hours = field(
        must(QuietHours),
        "When its patients are left in peace, unless they chose other hours.",
        reads("quiet_hours", ANY_KEY),
    )
    opening_hours = field(
        some(OpeningHours),
        "When somebody is there, from Monday on; empty: it does not say.",
        each(_week_of, ANY_KEY),
    )
    closures = field(
        some(Closure), "Days on which it is closed whatever its hours.", reads("closures", ANY_KEY)
    )
    out_of_hours = field(
        graphene.String,
        "What patients should do when it is closed.",
        reads("out_of_hours", ANY_KEY),
    )
