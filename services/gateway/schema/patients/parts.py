"""What a patient's record is made of."""

import graphene

from services.gateway.schema import ids
from services.gateway.schema.access import SEES_CARE
from services.gateway.schema.clinics.types import QuietHours
from services.gateway.schema.content.enums import ChannelEnum, PurposeEnum
from services.gateway.schema.fields import field, list_of, mapped, required
from services.gateway.schema.patients.enums import (
    ConsentBasisEnum,
    ConsentMethodEnum,
    ConsentStateEnum,
    ContactOwnerEnum,
    SuppressionReasonEnum,
)
from services.gateway.schema.private import care, person
from services.gateway.schema.scalars.times import DateTime
from services.gateway.schema.shared_enums import MessageDetailEnum


class ContactPoint(graphene.ObjectType):
    """A phone number or an email address."""

    channel = field(required(ChannelEnum), "The medium.", care("channel"))
    masked = field(
        required(graphene.String), "A masked form that can be recognized.", care("masked")
    )
    verified_at = field(DateTime, "When it was confirmed.", care("verified_at"))
    is_shared = field(
        required(graphene.Boolean), "Whether other patients use it too.", care("is_shared")
    )
    owner = field(required(ContactOwnerEnum), "Whose it is.", care("owner"))
    suppressed = field(
        SuppressionReasonEnum,
        "Why it must not be used; null if it may be used.",
        care("suppressed"),
    )


class ReminderPreferences(graphene.ObjectType):
    """A patient's preferences for reminders."""

    channels = field(list_of(ChannelEnum), "The channels that the patient wants.", care("channels"))
    detail = field(
        required(MessageDetailEnum), "How much detail messages may contain.", care("detail")
    )
    quiet_hours = field(
        QuietHours, "The patient's own quiet hours; null for the clinic's.", care("quiet_hours")
    )
    paused_until = field(
        DateTime, "Nothing is sent before this time, if it is set.", care("paused_until")
    )


class Consent(graphene.ObjectType):
    """A person's consent for one channel and purpose, or its withdrawal.

    Entries are only added, never changed.
    """

    id = field(
        required(graphene.ID),
        "Opaque; unique across the whole service.",
        mapped(lambda consent: ids.encode("Consent", consent.id), SEES_CARE),
    )
    channel = field(required(ChannelEnum), "The channel it is for.", care("channel"))
    purpose = field(required(PurposeEnum), "The purpose it is for.", care("purpose"))
    state = field(required(ConsentStateEnum), "The state of the consent.", care("state"))
    is_current = field(
        required(graphene.Boolean), "Whether this entry is in force.", care("is_current")
    )
    detail = field(
        required(MessageDetailEnum), "How much detail messages may contain.", care("detail")
    )
    method = field(ConsentMethodEnum, "How it was given.", care("method"))
    basis = field(required(ConsentBasisEnum), "The legal basis of the consent.", care("basis"))
    source = field(required(graphene.String), "Where it was recorded.", care("source"))
    wording_version = field(
        graphene.String,
        "The version of the wording that the person agreed to.",
        care("wording_version"),
    )
    recorded_by = field(
        graphene.String,
        "Who recorded it; null for operators if it is a name.",
        person("recorded_by"),
    )
    recorded_at = field(required(DateTime), "When it was recorded.", care("recorded_at"))


class Suppression(graphene.ObjectType):
    """A phone number or email address that must not be used."""

    channel = field(required(ChannelEnum), "The channel.", care("channel"))
    reason = field(required(SuppressionReasonEnum), "Why.", care("reason"))
    since = field(required(DateTime), "When the suppression began.", care("since"))
