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
        "NOT_ADVISED": "What is known speaks against it.",
    },
)
StandingEnum = described(
    Standing,
    "Whether something is advisable.",
    {
        "YES": "Nothing known speaks against it.",
        "WITH_CARE": "Possible with precautions.",
        "ASK_CLINICIAN": "A clinician has to decide.",
        "NO": "Not advisable.",
    },
)
SeverityEnum = described(
    Severity,
    "How much a notice matters.",
    {
        "INFO": "Good to know.",
        "CAUTION": "Should not be overlooked.",
        "URGENT": "Act on it now.",
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
    "How often a side effect is seen.",
    {
        "EXPECTED": "Most people see it.",
        "LESS_COMMON": "Some people see it.",
        "RARE_SERIOUS": "Rare, but serious.",
    },
)
PurposeEnum = described(
    Purpose,
    "What a message, or a consent to one, is for.",
    {
        "CARE": "Looking after a procedure.",
        "MARKETING": "Bringing the patient back.",
    },
)
ChannelEnum = described(
    Channel,
    "The medium of a message.",
    {
        "SMS": "Text message.",
        "EMAIL": "Email.",
        "OTHER": "A medium that this schema has no name for yet.",
    },
)
