from services.contracts.words import AttemptOutcome, ReminderOrder, ReminderStatus
from services.gateway.schema.enums import described

ReminderStatusEnum = described(
    ReminderStatus,
    "Where a reminder is on its way.",
    {
        "SCHEDULED": "Waits for its time.",
        "QUEUED": "Claimed by a worker.",
        "SENDING": "Being handed to a provider.",
        "ACCEPTED": "The provider took it; whether it arrived is not known yet.",
        "DELIVERED": "A receipt says that it arrived.",
        "UNDELIVERED": "A receipt says that it did not arrive.",
        "FAILED": "No provider took it.",
        "UNKNOWN": "Nobody can say whether a provider took it; never sent again blindly.",
        "SKIPPED": "Due, but there was a reason not to send it.",
        "MERGED": "Another reminder carries its text.",
        "CANCELLED": "No longer wanted.",
        "EXPIRED": "Too late to be useful.",
    },
)
AttemptOutcomeEnum = described(
    AttemptOutcome,
    "How an attempt to hand a message over ended.",
    {
        "OPEN": "Begun, not ended.",
        "ACCEPTED": "The provider took it.",
        "REJECTED_FOR_NOW": "Refused; it may be tried again.",
        "REJECTED_FOR_GOOD": "Refused; trying again is of no use.",
        "UNKNOWN": "Nobody can say.",
    },
)
ReminderSortEnum = described(
    ReminderOrder,
    "In which order reminders are listed.",
    {"DUE_ASC": "Earliest due first.", "DUE_DESC": "Latest due first."},
    name="ReminderSort",
)
