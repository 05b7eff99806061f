from services.contracts.words import ProcedureState
from services.gateway.schema.enums import described

ProcedureStateEnum = described(
    ProcedureState,
    "The state of the procedure.",
    {
        "PLANNED": "Not recorded as performed yet.",
        "PERFORMED": "Done.",
        "NO_SHOW": "The patient did not come.",
        "CANCELLED": "It was cancelled.",
    },
)
