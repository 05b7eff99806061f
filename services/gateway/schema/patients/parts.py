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
    """A phone or a mailbox."""

    channel = field(required(ChannelEnum), "The medium.", care("channel"))
    masked = field(required(graphene.String), "Enough of it to recognize.", care("masked"))
    verified_at = field(DateTime, "When it was confirmed.", care("verified_at"))
    is_shared = field(
        required(graphene.Boolean), "Whether other patients use it too.", care("is_shared")
    )
    owner = field(required(ContactOwnerEnum), "Whose it is.", care("owner"))
    suppressed = field(SuppressionReasonEnum, "Why it must not be used, if so.", care("suppressed"))


class ReminderPreferences(graphene.ObjectType):
    """How a patient wants to be reminded."""

    channels = field(list_of(ChannelEnum), "The channels wanted.", care("channels"))
    detail = field(required(MessageDetailEnum), "How much messages may say.", care("detail"))
    quiet_hours = field(QuietHours, "The patient's own; null: the clinic's.", care("quiet_hours"))
    paused_until = field(DateTime, "Nothing is sent before, if set.", care("paused_until"))


class Consent(graphene.ObjectType):
    """A person's permission for one channel and purpose, or its end. Never changed, only added."""

    id = field(
        required(graphene.ID),
        "Opaque, unique in the whole service.",
        mapped(lambda consent: ids.encode("Consent", consent.id), SEES_CARE),
    )
    channel = field(required(ChannelEnum), "The channel it is for.", care("channel"))
    purpose = field(required(PurposeEnum), "The purpose it is for.", care("purpose"))
    state = field(required(ConsentStateEnum), "Whether it holds.", care("state"))
    is_current = field(
        required(graphene.Boolean), "Whether this is the entry that rules.", care("is_current")
    )
    detail = field(required(MessageDetailEnum), "How much may be said.", care("detail"))
    method = field(ConsentMethodEnum, "How it was given.", care("method"))
    basis = field(required(ConsentBasisEnum), "What it rests on.", care("basis"))
    source = field(required(graphene.String), "Where it was recorded.", care("source"))
    wording_version = field(
        graphene.String, "Which wording the person agreed to.", care("wording_version")
    )
    recorded_by = field(
        graphene.String, "Who recorded it; a name is null for operators.", person("recorded_by")
    )
    recorded_at = field(required(DateTime), "When it was recorded.", care("recorded_at"))


class Suppression(graphene.ObjectType):
    """An address that must not be used."""

    channel = field(required(ChannelEnum), "The channel.", care("channel"))
    reason = field(required(SuppressionReasonEnum), "Why.", care("reason"))
    since = field(required(DateTime), "Since when.", care("since"))
