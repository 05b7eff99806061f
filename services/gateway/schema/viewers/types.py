import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import ids
from services.gateway.schema.access import ANY_KEY, STAFF_UP
from services.gateway.schema.clinics.types import Clinic
from services.gateway.schema.fields import attribute, field, list_of, mapped, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.patients.types import Patient
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.shared_enums import ModeEnum
from services.gateway.schema.viewers.enums import RoleEnum
from services.gateway.schema.viewers.resolvers import clinics_of


class Access(graphene.ObjectType):
    """What a credential may do, and for whom."""

    roles = field(
        list_of(RoleEnum), "What it may do.", mapped(lambda viewer: [viewer.role], ANY_KEY)
    )
    mode = field(required(ModeEnum), "The kind of data it works on.", attribute("mode", ANY_KEY))
    clinic = field(
        Clinic, "The clinic that it belongs to; null for operators.", Batched(clinics_of, ANY_KEY)
    )
    expires_at = field(
        DateTime,
        "When it expires; null if it does not expire.",
        mapped(lambda _viewer: None, ANY_KEY),
    )


class Staff(ObjectType, interfaces=(Node,)):
    """A member of a clinic's staff who has a personal key."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service. Each key has its own.",
        mapped(lambda person: ids.encode("Staff", person.key_id), STAFF_UP),
    )
    display_name = field(
        required(graphene.String), "The name they sign with.", attribute("name", STAFF_UP)
    )
    clinic = field(required(Clinic), "Where they work.", Batched(clinics_of, STAFF_UP))


class Viewer(graphene.Union):
    """Who sends the request."""

    class Meta:  # noqa: D106 - graphene's way to name the members
        types = (Clinic, Patient, Staff)
