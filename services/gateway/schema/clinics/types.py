import graphene

from services.gateway.schema import ids
from services.gateway.schema.access import ANY_KEY
from services.gateway.schema.fields import each, field, must, reads
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.scalars.contacts import PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.scalars.times import LocalTime


class QuietHours(graphene.ObjectType):
    """Wall-clock times between which nothing is sent; may cross midnight."""

    start = field(must(LocalTime), "The first minute of quiet.", reads("start", ANY_KEY))
    end = field(must(LocalTime), "The first minute after it.", reads("end", ANY_KEY))


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
