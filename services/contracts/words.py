"""The enums of care and delivery that services share. Values are those of the public schema."""

from enum import StrEnum


class Mode(StrEnum):
    """LIVE and TEST data are separate.

    TEST reaches only the sandbox, ALLOWLIST only listed contacts.
    """

    LIVE = "LIVE"
    TEST = "TEST"
    ALLOWLIST = "ALLOWLIST"


class Role(StrEnum):
    ADMIN = "ADMIN"
    CLINICIAN = "CLINICIAN"
    STAFF = "STAFF"
    FRONT_END = "FRONT_END"
    OPERATOR = "OPERATOR"


class MessageDetail(StrEnum):
    """Discreet (no procedure, body part or concern) or the full text."""

    DISCREET = "DISCREET"
    DETAILED = "DETAILED"


class ContactOwner(StrEnum):
    SELF = "SELF"
    GUARDIAN = "GUARDIAN"
    CAREGIVER = "CAREGIVER"


class ConsentState(StrEnum):
    PENDING = "PENDING"
    GRANTED = "GRANTED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


class ConsentMethod(StrEnum):
    WEB_FORM = "WEB_FORM"
    IN_PERSON = "IN_PERSON"
    PAPER = "PAPER"
    PHONE = "PHONE"
    SMS_KEYWORD = "SMS_KEYWORD"
    PREFERENCE_PAGE = "PREFERENCE_PAGE"
    IMPORT = "IMPORT"
    OTHER = "OTHER"


class ConsentBasis(StrEnum):
    EXPRESS = "EXPRESS"
    EXPRESS_WRITTEN = "EXPRESS_WRITTEN"
    SOFT_OPT_IN = "SOFT_OPT_IN"


class SuppressionReason(StrEnum):
    OPT_OUT = "OPT_OUT"
    BOUNCE = "BOUNCE"
    COMPLAINT = "COMPLAINT"
    INVALID = "INVALID"
    MANUAL = "MANUAL"


class EnrollmentStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class ProcedureState(StrEnum):
    PLANNED = "PLANNED"
    PERFORMED = "PERFORMED"
    NO_SHOW = "NO_SHOW"
    CANCELLED = "CANCELLED"


class ReminderStatus(StrEnum):
    SCHEDULED = "SCHEDULED"
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    ACCEPTED = "ACCEPTED"
    DELIVERED = "DELIVERED"
    UNDELIVERED = "UNDELIVERED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    SKIPPED = "SKIPPED"
    MERGED = "MERGED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class AttemptOutcome(StrEnum):
    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    REJECTED_FOR_NOW = "REJECTED_FOR_NOW"
    REJECTED_FOR_GOOD = "REJECTED_FOR_GOOD"
    UNKNOWN = "UNKNOWN"


class TaskKind(StrEnum):
    CLINICIAN_STEP = "CLINICIAN_STEP"
    PROCEDURE_UNCONFIRMED = "PROCEDURE_UNCONFIRMED"
    UNREACHABLE = "UNREACHABLE"
    OPTED_OUT = "OPTED_OUT"
    UNREAD_REPLY = "UNREAD_REPLY"
    UNMATCHED_REPLY = "UNMATCHED_REPLY"
    UNREACHED = "UNREACHED"
    UNKNOWN_OUTCOME = "UNKNOWN_OUTCOME"
    RENDER_FAILED = "RENDER_FAILED"
    OTHER = "OTHER"


class CheckInLevel(StrEnum):
    """How an answer was rated. WAITING and UNREACHED mean that there is no answer."""

    WAITING = "WAITING"
    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    UNCLEAR = "UNCLEAR"
    UNREACHED = "UNREACHED"


class EscalationOutcome(StrEnum):
    ADVISED = "ADVISED"
    SEEN_AT_CLINIC = "SEEN_AT_CLINIC"
    SENT_TO_EMERGENCY = "SENT_TO_EMERGENCY"
    COULD_NOT_REACH = "COULD_NOT_REACH"
    FALSE_ALARM = "FALSE_ALARM"
    OTHER = "OTHER"


class AlertHours(StrEnum):
    ALWAYS = "ALWAYS"
    OPEN = "OPEN"
    OUT_OF_HOURS = "OUT_OF_HOURS"


class ReminderOrder(StrEnum):
    DUE_ASC = "DUE_ASC"
    DUE_DESC = "DUE_DESC"


class ReplyKeyword(StrEnum):
    """What a provider took a text for, by its own keywords or those of the account."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


class ReceiptState(StrEnum):
    """What a provider reports later, in our terms. PENDING changes no state."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DELIVERED = "DELIVERED"
    UNDELIVERED = "UNDELIVERED"


class AddressFault(StrEnum):
    """What a receipt says about the address, not about one message."""

    HARD_BOUNCE = "HARD_BOUNCE"  # no such number or mailbox, for good
    SOFT_BOUNCE = "SOFT_BOUNCE"  # full, switched off: it may work another day
    COMPLAINT = "COMPLAINT"  # its owner reported a message as spam
    OPT_OUT = "OPT_OUT"  # its owner told the provider to block us
