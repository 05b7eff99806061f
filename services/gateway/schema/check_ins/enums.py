from services.contracts.words import CheckInLevel
from services.gateway.schema.enums import described

CheckInLevelEnum = described(
    CheckInLevel,
    "How an answer to a check-in was rated. WAITING and UNREACHED mean that there is no answer.",
    {
        "WAITING": "Nobody has answered yet.",
        "GREEN": "All is well.",
        "AMBER": "Somebody should look at it today.",
        "RED": "Somebody must act now.",
        "UNCLEAR": "A person must read the answer.",
        "UNREACHED": "Nobody answered in time, or the question did not arrive.",
    },
)
