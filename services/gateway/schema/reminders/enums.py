from services.contracts.words import AttemptOutcome, ReminderOrder, ReminderStatus
from services.gateway.schema.enums import described

ReminderStatusEnum = described(
    ReminderStatus,
    "The delivery status of a reminder.",
    {
        "SCHEDULED": "Waiting for its due time.",
        "QUEUED": "Claimed by a worker.",
        "SENDING": "Being handed to a provider.",
        "ACCEPTED": "The provider took it; whether it arrived is not known yet.",
        "DELIVERED": "A receipt says that it arrived.",
        "UNDELIVERED": "A receipt says that it did not arrive.",
        "FAILED": "No provider took it.",
        "UNKNOWN": "It is not known whether a provider took it. It is never resent automatically.",
        "SKIPPED": "Not sent when it was due, for a recorded reason.",
        "MERGED": "Its text is part of another reminder's message.",
        "CANCELLED": "No longer needed.",
        "EXPIRED": "Not sent in time to be useful.",
    },
)
AttemptOutcomeEnum = described(
    AttemptOutcome,
    "The outcome of an attempt to send a message.",
    {
        "OPEN": "Started, not finished.",
        "ACCEPTED": "The provider took it.",
        "REJECTED_FOR_NOW": "Refused for now; it can be tried again.",
        "REJECTED_FOR_GOOD": "Refused permanently.",
        "UNKNOWN": "It is not known whether the provider took it.",
    },
)
ReminderSortEnum = described(
    ReminderOrder,
    "The order of a list of reminders.",
    {"DUE_ASC": "Earliest due first.", "DUE_DESC": "Latest due first."},
    name="ReminderSort",
)
