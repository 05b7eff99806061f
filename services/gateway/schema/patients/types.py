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
    """A patient of a clinic."""

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda patient: ids.encode(resolvers.KIND, patient.id), ANY_KEY),
    )
    mode = field(required(ModeEnum), "The kind of data.", care("mode"))
    reference = field(graphene.String, "The clinic's own number.", care("reference"))
    display_name = field(graphene.String, "The name that messages use.", personal("display_name"))
    phone = field(PhoneNumber, "The number for text messages.", personal("phone"))
    email = field(EmailAddress, "The address for email.", personal("email"))
    contact_points = field(
        list_of(parts.ContactPoint),
        "Phone numbers and email addresses.",
        personal_list("contact_points"),
    )
    is_adult = field(graphene.Boolean, "Null if not known.", care("is_adult"))
    time_zone = field(required(TimeZone), "The time zone of due times.", care("time_zone"))
    time_zone_source = field(
        required(TimeZoneSourceEnum),
        "Where the time zone comes from.",
        mapped(resolvers.time_zone_source_of, SEES_CARE),
    )
    region = field(graphene.String, "ISO 3166-2, if known.", care("region"))
    locale = field(required(Locale), "The patient's language.", care("locale"))
    preferences = field(
        required(parts.ReminderPreferences),
        "The patient's preferences for reminders.",
        care("preferences"),
    )
    consents = field(
        list_of(parts.Consent),
        "Append-only ledger, newest first; `isCurrent` marks the entry in force.",
        care("consents"),
    )
    suppressions = field(
        list_of(parts.Suppression),
        "Phone numbers and email addresses that must not be used.",
        care("suppressions"),
    )
    enrollments = connection_field(
        required("services.gateway.schema.enrollments.types.EnrollmentConnection"),
        "The patient's enrollments, by time of the procedure, latest first.",
        Batched(resolvers.enrollments_of, SEES_CARE),
        status=argument(graphene.List(required(EnrollmentStatusEnum)), "Any of these."),
    )


PatientConnection = connection_type(Patient, "patient", SEES_CARE)
