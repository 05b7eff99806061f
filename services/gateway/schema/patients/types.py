"""Patients, and what their records are made of."""

from collections.abc import Sequence
from enum import StrEnum

import graphene

from services.contracts.reminders import EnrollmentRecord, ListEnrollments, PatientRecord
from services.contracts.words import (
    ConsentBasis,
    ConsentMethod,
    ConsentState,
    ContactOwner,
    SuppressionReason,
)
from services.gateway.execution.batched import Batched, FieldRefused
from services.gateway.request import GatewayRequest
from services.gateway.schema.access import ANY_KEY, SEES_CARE
from services.gateway.schema.catalog.content import ChannelEnum, PurposeEnum
from services.gateway.schema.clinics import QuietHours
from services.gateway.schema.enums import (
    EnrollmentStatusEnum,
    MessageDetailEnum,
    ModeEnum,
    described,
)
from services.gateway.schema.fields import (
    Args,
    Node,
    ObjectType,
    argument,
    field,
    id_field,
    list_of,
    mapped,
    required,
)
from services.gateway.schema.keyset import Position, PrivateList, list_by_time, pages_of_many
from services.gateway.schema.paging import (
    Connection,
    connection_field,
    connection_type,
    page_request,
)
from services.gateway.schema.private import person, personal
from services.gateway.schema.scalars import DateTime, EmailAddress, Locale, PhoneNumber, TimeZone


class TimeZoneSource(StrEnum):
    STATED = "STATED"
    CLINIC = "CLINIC"


TimeZoneSourceEnum = described(
    TimeZoneSource,
    "Where a patient's time zone comes from.",
    {
        "STATED": "The patient, or somebody on their behalf.",
        "CLINIC": "It is the clinic's time zone.",
    },
)
ContactOwnerEnum = described(
    ContactOwner,
    "Whose phone number or email address it is.",
    {
        "SELF": "The patient's own.",
        "GUARDIAN": "Their guardian's.",
        "CAREGIVER": "A caregiver's.",
    },
)
ConsentStateEnum = described(
    ConsentState,
    "The state of a consent.",
    {
        "PENDING": "Not confirmed yet from that phone number or email address.",
        "GRANTED": "Messages may be sent.",
        "WITHDRAWN": "The person withdrew it.",
        "LAPSED": "Given for a phone number or email address that has changed since.",
    },
)
ConsentMethodEnum = described(
    ConsentMethod,
    "How a consent was given.",
    {
        "WEB_FORM": "On a web page.",
        "IN_PERSON": "Face to face.",
        "PAPER": "On paper.",
        "PHONE": "In a phone call.",
        "SMS_KEYWORD": "By texting a keyword.",
        "PREFERENCE_PAGE": "On the patient's own preference page.",
        "IMPORT": "Imported from another system.",
        "OTHER": "In another way.",
    },
)
ConsentBasisEnum = described(
    ConsentBasis,
    "The legal basis of a consent.",
    {
        "EXPRESS": "The person said so.",
        "EXPRESS_WRITTEN": "The person said so in writing.",
        "SOFT_OPT_IN": "An existing relationship, where the law allows it.",
    },
)
SuppressionReasonEnum = described(
    SuppressionReason,
    "Why a phone number or email address must not be used.",
    {
        "OPT_OUT": "The person opted out.",
        "BOUNCE": "Email bounced permanently.",
        "COMPLAINT": "The person reported a message as spam.",
        "INVALID": "The phone number or email address does not exist.",
        "MANUAL": "The clinic's staff suppressed it.",
    },
)


class ContactPoint(ObjectType, access=SEES_CARE):
    """A phone number or an email address."""

    channel = field(required(ChannelEnum), "The medium.")
    masked = field(required(graphene.String), "A masked form that can be recognized.")
    verified_at = field(DateTime, "When it was confirmed.")
    is_shared = field(required(graphene.Boolean), "Whether other patients use it too.")
    owner = field(required(ContactOwnerEnum), "Whose it is.")
    suppressed = field(SuppressionReasonEnum, "Why it must not be used; null if it may be used.")


class ReminderPreferences(ObjectType, access=SEES_CARE):
    """A patient's preferences for reminders."""

    channels = field(list_of(ChannelEnum), "The channels that the patient wants.")
    detail = field(required(MessageDetailEnum), "How much detail messages may contain.")
    quiet_hours = field(QuietHours, "The patient's own quiet hours; null for the clinic's.")
    paused_until = field(DateTime, "Nothing is sent before this time, if it is set.")


class Consent(ObjectType, access=SEES_CARE):
    """A person's consent for one channel and purpose, or its withdrawal.

    Entries are only added, never changed.
    """

    id = id_field("Consent", SEES_CARE)
    channel = field(required(ChannelEnum), "The channel it is for.")
    purpose = field(required(PurposeEnum), "The purpose it is for.")
    state = field(required(ConsentStateEnum), "The state of the consent.")
    is_current = field(required(graphene.Boolean), "Whether this entry is in force.")
    detail = field(required(MessageDetailEnum), "How much detail messages may contain.")
    method = field(ConsentMethodEnum, "How it was given.")
    basis = field(required(ConsentBasisEnum), "The legal basis of the consent.")
    source = field(required(graphene.String), "Where it was recorded.")
    wording_version = field(
        graphene.String, "The version of the wording that the person agreed to."
    )
    recorded_by = field(
        graphene.String,
        "Who recorded it; null for operators if it is a name.",
        person("recorded_by"),
    )
    recorded_at = field(required(DateTime), "When it was recorded.")


class Suppression(ObjectType, access=SEES_CARE):
    """A phone number or email address that must not be used."""

    channel = field(required(ChannelEnum), "The channel.")
    reason = field(required(SuppressionReasonEnum), "Why.")
    since = field(required(DateTime), "When the suppression began.")


def time_zone_source_of(patient: PatientRecord) -> TimeZoneSource:
    return TimeZoneSource.STATED if patient.time_zone_stated else TimeZoneSource.CLINIC


async def enrollments_of(
    patients: Sequence[PatientRecord], args: Args, request: GatewayRequest
) -> list[Connection[EnrollmentRecord] | FieldRefused]:
    """List the enrollments of each patient, all in one ask."""
    lists = [
        (_enrollments_of(patient), {"patient_id": patient.id, "status": args.get("status")})
        for patient in patients
    ]
    return await pages_of_many(ListEnrollments, lists, page_request(args), request)


def _enrollments_of(patient: PatientRecord) -> PrivateList[EnrollmentRecord, Position]:
    return list_by_time(
        f"patient:{patient.id}:enrollments",
        lambda enrollment: (enrollment.procedure_at, enrollment.id),
    )


class Patient(ObjectType, interfaces=(Node,), access=SEES_CARE):
    """A patient of a clinic."""

    id = id_field("Patient", ANY_KEY)
    mode = field(required(ModeEnum), "The kind of data.")
    reference = field(graphene.String, "The clinic's own number.")
    display_name = field(graphene.String, "The name that messages use.", personal("display_name"))
    phone = field(PhoneNumber, "The number for text messages.", personal("phone"))
    email = field(EmailAddress, "The address for email.", personal("email"))
    contact_points = field(
        list_of(ContactPoint),
        "Phone numbers and email addresses.",
        personal("contact_points", withheld=()),
    )
    is_adult = field(graphene.Boolean, "Null if not known.")
    time_zone = field(required(TimeZone), "The time zone of due times.")
    time_zone_source = field(
        required(TimeZoneSourceEnum),
        "Where the time zone comes from.",
        mapped(time_zone_source_of, SEES_CARE),
    )
    region = field(graphene.String, "ISO 3166-2, if known.")
    locale = field(required(Locale), "The patient's language.")
    preferences = field(required(ReminderPreferences), "The patient's preferences for reminders.")
    consents = field(
        list_of(Consent), "Append-only ledger, newest first; `isCurrent` marks the entry in force."
    )
    suppressions = field(
        list_of(Suppression), "Phone numbers and email addresses that must not be used."
    )
    enrollments = connection_field(
        required("services.gateway.schema.enrollments.types.EnrollmentConnection"),
        "The patient's enrollments, by time of the procedure, latest first.",
        Batched(enrollments_of, SEES_CARE),
        status=argument(graphene.List(required(EnrollmentStatusEnum)), "Any of these."),
    )


PatientConnection = connection_type(Patient, "patient", SEES_CARE)
