from services.contracts.catalog import ProcedureFamily
from services.gateway.schema.enums import described
from services.gateway.snapshot.listing import ProcedureSort

ProcedureFamilyEnum = described(
    ProcedureFamily,
    "How a procedure works on the skin.",
    {
        "MICRONEEDLING": "Fine needles make channels in the skin.",
        "CHEMICAL_PEEL": "An acid takes off layers of the skin.",
        "LASER": "Light of one wavelength heats or takes off parts of the skin.",
        "LIGHT": "Pulsed or filtered light of many wavelengths.",
        "DERMABRASION": "A rotating tool takes off layers of the skin.",
        "MICRODERMABRASION": "Fine particles or a rough tip polish the outermost layer.",
    },
)
ProcedureSortEnum = described(
    ProcedureSort,
    "The order of a list of procedures.",
    {
        "TITLE": "By title.",
        "INVASIVENESS": "Least invasive first.",
        "DOWNTIME": "Shortest downtime first; unknown last.",
    },
)
