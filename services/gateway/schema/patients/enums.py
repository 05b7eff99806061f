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
    {"STATED": "The patient, or somebody for them.", "CLINIC": "It is the clinic's."},
)
ContactOwnerEnum = described(
    ContactOwner,
    "Whose phone or mailbox it is.",
    {
        "SELF": "The patient's own.",
        "GUARDIAN": "Their guardian's.",
        "CAREGIVER": "That of somebody who looks after them.",
    },
)
ConsentStateEnum = described(
    ConsentState,
    "Whether a consent holds.",
    {
        "PENDING": "Not confirmed yet from that phone or address.",
        "GRANTED": "Messages may be sent.",
        "WITHDRAWN": "Taken back.",
        "LAPSED": "Given for a contact that has changed since.",
    },
)
ConsentMethodEnum = described(
    ConsentMethod,
    "How a consent was given.",
    {
        "WEB_FORM": "On a web page.",
        "IN_PERSON": "Face to face.",
        "PAPER": "On paper.",
        "PHONE": "In a call.",
        "SMS_KEYWORD": "By texting a word.",
        "PREFERENCE_PAGE": "On the patient's own preference page.",
        "IMPORT": "Brought over from another system.",
        "OTHER": "Otherwise.",
    },
)
ConsentBasisEnum = described(
    ConsentBasis,
    "What a consent rests on.",
    {
        "EXPRESS": "The person said so.",
        "EXPRESS_WRITTEN": "The person said so in writing.",
        "SOFT_OPT_IN": "An existing relationship, where the law allows it.",
    },
)
SuppressionReasonEnum = described(
    SuppressionReason,
    "Why an address must not be used.",
    {
        "OPT_OUT": "The person opted out.",
        "BOUNCE": "Mail came back for good.",
        "COMPLAINT": "The person reported a message as spam.",
        "INVALID": "There is no such number or mailbox.",
        "MANUAL": "Somebody at the clinic said so.",
    },
)
