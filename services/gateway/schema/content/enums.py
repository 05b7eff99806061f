"""Words of the catalog that more than one noun uses."""

from services.contracts.catalog import (
    Channel,
    EvidenceLevel,
    Purpose,
    Rarity,
    Severity,
    SkinType,
    Standing,
)
from services.gateway.schema.enums import described

EvidenceLevelEnum = described(
    EvidenceLevel,
    "How well a claim is supported, strongest first.",
    {
        "STRONG": "Several good studies agree.",
        "MODERATE": "Good studies, but few or not in full agreement.",
        "LIMITED": "Small studies.",
        "VERY_LIMITED": "Case reports or expert opinion.",
        "NOT_ADVISED": "The evidence is against it.",
    },
)
StandingEnum = described(
    Standing,
    "Whether something is advisable.",
    {
        "YES": "There is no known reason against it.",
        "WITH_CARE": "Possible with precautions.",
        "ASK_CLINICIAN": "A clinician must decide.",
        "NO": "Not advisable.",
    },
)
SeverityEnum = described(
    Severity,
    "How important a notice is.",
    {
        "INFO": "Good to know.",
        "CAUTION": "Important to know.",
        "URGENT": "It needs action now.",
    },
)
SkinTypeEnum = described(
    SkinType,
    "Fitzpatrick skin type.",
    {
        "I": "Always burns, never tans.",
        "II": "Usually burns, tans little.",
        "III": "Sometimes burns, tans gradually.",
        "IV": "Rarely burns, tans well.",
        "V": "Very rarely burns, tans deeply.",
        "VI": "Never burns, deeply pigmented.",
    },
)
RarityEnum = described(
    Rarity,
    "How often a side effect occurs.",
    {
        "EXPECTED": "Most people have it.",
        "LESS_COMMON": "Some people have it.",
        "RARE_SERIOUS": "Rare, but serious.",
    },
)
PurposeEnum = described(
    Purpose,
    "The purpose of a message or of a consent.",
    {
        "CARE": "Care before and after a procedure.",
        "MARKETING": "Offers to return to the clinic.",
    },
)
ChannelEnum = described(
    Channel,
    "The medium of a message.",
    {
        "SMS": "Text message.",
        "EMAIL": "Email.",
        "OTHER": "A medium that this schema does not define yet.",
    },
)
