import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import ids
from services.gateway.schema.access import ANY_KEY, SEES_CARE
from services.gateway.schema.enrollments.enums import EnrollmentStatusEnum
from services.gateway.schema.fields import argument, each, field, must, some
from services.gateway.schema.nodes.types import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import PageInfo, after_argument, first_argument
from services.gateway.schema.patients import parts, resolvers
from services.gateway.schema.patients.enums import TimeZoneSourceEnum
from services.gateway.schema.private import care, personal, personal_list
from services.gateway.schema.scalars.contacts import EmailAddress, PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.viewers.enums import ModeEnum


class Patient(ObjectType, interfaces=(Node,)):
    """A person that a clinic looks after."""

    id = field(
        must(graphene.ID),
        "Opaque, unique in the whole service.",
        each(lambda patient: ids.encode(resolvers.KIND, patient.id), ANY_KEY),
    )
    mode = field(must(ModeEnum), "The kind of data it is.", care("mode"))
    reference = field(graphene.String, "The clinic's own number.", care("reference"))
    display_name = field(
        graphene.String, "What messages call the patient.", personal("display_name")
    )
    phone = field(PhoneNumber, "Where texts go.", personal("phone"))
    email = field(EmailAddress, "Where email goes.", personal("email"))
    contact_points = field(
        some(parts.ContactPoint), "Phones and mailboxes.", personal_list("contact_points")
    )
    is_adult = field(graphene.Boolean, "Null: not known.", care("is_adult"))
    time_zone = field(must(TimeZone), "Where due times are read.", care("time_zone"))
    time_zone_source = field(
        must(TimeZoneSourceEnum),
        "Where the time zone comes from.",
        each(resolvers.time_zone_source_of, SEES_CARE),
    )
    region = field(graphene.String, "ISO 3166-2, where known.", care("region"))
    locale = field(must(Locale), "What the patient reads.", care("locale"))
    preferences = field(must(parts.ReminderPreferences), "How to be reminded.", care("preferences"))
    consents = field(
        some(parts.Consent),
        "Append-only ledger, newest first; `isCurrent` marks the entry that rules.",
        care("consents"),
    )
    suppressions = field(
        some(parts.Suppression), "Addresses that must not be used.", care("suppressions")
    )
    enrollments = field(
        must("services.gateway.schema.enrollments.types.EnrollmentConnection"),
        "The patient's enrollments, by procedure, newest first.",
        Batched(resolvers.enrollments_of, SEES_CARE),
        first=first_argument(default_value=20),
        after=after_argument(),
        status=argument(graphene.List(must(EnrollmentStatusEnum)), "Any of these."),
    )


class PatientEdge(graphene.ObjectType):
    """A patient in a list."""

    cursor = field(must(graphene.String), "Where the edge lies in its list.", care("cursor"))
    node = field(Patient, "The patient.", care("node"))


class PatientConnection(graphene.ObjectType):
    """A page of a list of patients."""

    edges = field(some(PatientEdge), "The patients with their cursors.", care("edges"))
    nodes = field(must(graphene.List(Patient)), "The patients alone.", care("nodes"))
    page_info = field(must(PageInfo), "Where the page lies in the list.", care("page_info"))
