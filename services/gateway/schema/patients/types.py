import graphene

from services.gateway.execution.batched import Batched
from services.gateway.schema import ids
from services.gateway.schema.access import ANY_KEY, SEES_CARE
from services.gateway.schema.fields import argument, field, list_of, mapped, required
from services.gateway.schema.node import Node
from services.gateway.schema.objects import ObjectType
from services.gateway.schema.paging import connection_field, connection_type
from services.gateway.schema.patients import parts, resolvers
from services.gateway.schema.patients.enums import TimeZoneSourceEnum
from services.gateway.schema.private import care, personal, personal_list
from services.gateway.schema.scalars.contacts import EmailAddress, PhoneNumber
from services.gateway.schema.scalars.places import Locale, TimeZone
from services.gateway.schema.shared_enums import EnrollmentStatusEnum, ModeEnum


class Patient(ObjectType, interfaces=(Node,)):
    """A person that a clinic looks after."""

    id = field(
        required(graphene.ID),
        "Opaque, unique in the whole service.",
        mapped(lambda patient: ids.encode(resolvers.KIND, patient.id), ANY_KEY),
    )
    mode = field(required(ModeEnum), "The kind of data it is.", care("mode"))
    reference = field(graphene.String, "The clinic's own number.", care("reference"))
    display_name = field(
        graphene.String, "What messages call the patient.", personal("display_name")
    )
    phone = field(PhoneNumber, "Where texts go.", personal("phone"))
    email = field(EmailAddress, "Where email goes.", personal("email"))
    contact_points = field(
        list_of(parts.ContactPoint), "Phones and mailboxes.", personal_list("contact_points")
    )
    is_adult = field(graphene.Boolean, "Null: not known.", care("is_adult"))
    time_zone = field(required(TimeZone), "Where due times are read.", care("time_zone"))
    time_zone_source = field(
        required(TimeZoneSourceEnum),
        "Where the time zone comes from.",
        mapped(resolvers.time_zone_source_of, SEES_CARE),
    )
    region = field(graphene.String, "ISO 3166-2, where known.", care("region"))
    locale = field(required(Locale), "What the patient reads.", care("locale"))
    preferences = field(
        required(parts.ReminderPreferences), "How to be reminded.", care("preferences")
    )
    consents = field(
        list_of(parts.Consent),
        "Append-only ledger, newest first; `isCurrent` marks the entry that rules.",
        care("consents"),
    )
    suppressions = field(
        list_of(parts.Suppression), "Addresses that must not be used.", care("suppressions")
    )
    enrollments = connection_field(
        required("services.gateway.schema.enrollments.types.EnrollmentConnection"),
        "The patient's enrollments, by procedure, newest first.",
        Batched(resolvers.enrollments_of, SEES_CARE),
        status=argument(graphene.List(required(EnrollmentStatusEnum)), "Any of these."),
    )


PatientConnection = connection_type(Patient, "patient", SEES_CARE)
