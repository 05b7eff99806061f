from services.gateway.schema.enums import described
from services.gateway.snapshot.dimensions import Better, Dimension, Unit

DimensionEnum = described(
    Dimension,
    "What procedures are compared by.",
    {
        "INVASIVENESS": "How deeply it intervenes.",
        "DISCOMFORT": "How much it hurts with the usual anesthesia.",
        "DOWNTIME": "How long until most people go about as usual.",
        "REDNESS": "How long redness shows.",
        "SESSIONS": "How many sessions are usual.",
        "INTERVAL": "How long between sessions.",
        "SESSION_LENGTH": "How long one session takes.",
        "RESULTS_AFTER": "How long until a result shows.",
        "RESULTS_LAST": "How long the result lasts.",
        "DEPTH": "How deep it reaches.",
        "ANESTHESIA": "The usual anesthesia.",
        "SKIN_TYPES": "Which skin types it suits.",
        "CONCERNS": "What it treats.",
        "SERIOUS_RISKS": "What rarely goes badly wrong.",
        "COST": "What it costs.",
        "PERFORMED_BY": "Who performs it.",
    },
)
BetterEnum = described(
    Better,
    "Which figures are better.",
    {
        "LOWER": "The lower, the better for the patient.",
        "HIGHER": "The higher, the better for the patient.",
        "NEITHER": "Neither is better.",
    },
)
UnitEnum = described(
    Unit,
    "What a figure counts.",
    {
        "DAYS": "Days.",
        "MINUTES": "Minutes.",
        "COUNT": "A plain number.",
        "MILLIMETERS": "Millimeters.",
        "SCALE_1_10": "A scale from 1 to 10.",
        "SCALE_0_10": "A scale from 0 to 10.",
        "MONEY": "Whole units of a currency, which the text names.",
    },
)
