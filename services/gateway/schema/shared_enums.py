"""Enums that several types of records share."""

from services.contracts.words import EnrollmentStatus, MessageDetail, Mode
from services.gateway.schema.enums import described

ModeEnum = described(
    Mode,
    "Kinds of data, which are kept apart.",
    {
        "LIVE": "Real patients.",
        "TEST": "Messages go only to the sandbox.",
        "ALLOWLIST": "Messages go only to listed contacts.",
    },
)

EnrollmentStatusEnum = described(
    EnrollmentStatus,
    "Whether an enrollment is still active.",
    {
        "ACTIVE": "Messages are sent as planned.",
        "PAUSED": "Nothing is sent for now.",
        "COMPLETED": "All its steps are over.",
        "CANCELLED": "It was cancelled before its end.",
    },
)

MessageDetailEnum = described(
    MessageDetail,
    "How much a message says.",
    {
        "DISCREET": "The least detail: no procedure, body part or concern.",
        "DETAILED": "The full text.",
    },
)
