from enum import StrEnum

from services.contracts.words import (
    ConsentBasis,
    ConsentMethod,
    ConsentState,
    ContactOwner,
    SuppressionReason,
)
from services.gateway.schema.enums import described


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
