"""The kind of an outbound message, and how urgent it is."""

from enum import IntEnum, StrEnum


class OutboundKind(StrEnum):
    """Why a message exists.

    A reminder is an outbound of kind REMINDER; only reminders are planned ahead and shown as such.
    """

    REMINDER = "REMINDER"
    REPLY = "REPLY"
    SAFETY = "SAFETY"
    OPT_OUT_CONFIRMATION = "OPT_OUT_CONFIRMATION"
    CORRECTION = "CORRECTION"
    STAFF_ALERT = "STAFF_ALERT"
    NUDGE = "NUDGE"  # repeats a question that was not answered


class Priority(IntEnum):
    """The priority of a due message; the smaller is claimed first."""

    URGENT = 0
    NORMAL = 1
    BULK = 2
