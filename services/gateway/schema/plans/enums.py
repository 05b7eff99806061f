from services.contracts.catalog import StepKind
from services.gateway.schema.enums import described

StepKindEnum = described(
    StepKind,
    "What a step of a plan is for.",
    {
        "PREPARE": "Getting ready for the procedure.",
        "CARE": "Looking after the skin.",
        "CHECK_IN": "Asking how it goes.",
        "FOLLOW_UP": "Seeing the clinic again.",
        "REBOOK": "The next session; marketing.",
        "CLINICIAN_TASK": "A task for the clinic's staff; nothing is sent.",
    },
)
