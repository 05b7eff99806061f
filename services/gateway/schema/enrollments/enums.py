from services.contracts.words import EnrollmentStatus, ProcedureState
from services.gateway.schema.enums import described

EnrollmentStatusEnum = described(
    EnrollmentStatus,
    "Whether an enrollment still runs.",
    {
        "ACTIVE": "It runs.",
        "PAUSED": "Nothing is sent for now.",
        "COMPLETED": "Its last step is over.",
        "CANCELLED": "It was ended early.",
    },
)
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
