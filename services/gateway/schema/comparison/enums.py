from services.gateway.schema.enums import described
from services.gateway.snapshot.dimensions import Better, Dimension, Unit

DimensionEnum = described(
    Dimension,
    "What procedures are compared by.",
    {dimension.value: dimension.description for dimension in Dimension},
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
