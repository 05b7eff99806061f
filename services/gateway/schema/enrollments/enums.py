from services.contracts.words import ProcedureState
from services.gateway.schema.enums import described

ProcedureStateEnum = described(
    ProcedureState,
    "What became of the procedure.",
    {
        "PLANNED": "Not recorded as done yet.",
        "PERFORMED": "Done.",
        "NO_SHOW": "The patient did not come.",
        "CANCELLED": "Called off.",
    },
)
