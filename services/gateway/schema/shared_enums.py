"""Enums that several types of records share."""

from services.contracts.words import EnrollmentStatus, MessageDetail, Mode
from services.gateway.schema.enums import described

ModeEnum = described(
    Mode,
    "Kinds of data, which never meet.",
    {
        "LIVE": "Real patients.",
        "TEST": "Reaches only the sandbox.",
        "ALLOWLIST": "Reaches only listed contacts.",
    },
)

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

MessageDetailEnum = described(
    MessageDetail,
    "How much a message says.",
    {
        "DISCREET": "The least that may be said: no procedure, body part or concern.",
        "DETAILED": "The full text.",
    },
)
