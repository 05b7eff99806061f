"""What may happen to an enrollment after it was made."""

from enum import StrEnum


class EventKind(StrEnum):
    RESCHEDULED = "RESCHEDULED"
    RECORDED = "RECORDED"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    MIGRATED = "MIGRATED"
