"""Why messages are sent, kept waiting, skipped or ended."""

import re
from collections.abc import Mapping
from enum import Enum, StrEnum, auto
from typing import Final

from services.contracts.words import ReminderStatus, SuppressionReason


class Effect(Enum):
    """What a reason means for its message, and who ends the wait if it waits."""

    NOTED = auto()  # the message goes on
    WAITS_FOR_TIME = auto()
    WAITS_FOR_STAFF = auto()
    WAITS_FOR_OPERATOR = auto()
    WAITS_FOR_PROVIDER = auto()
    FINAL = auto()  # the message has ended


class Reason(StrEnum):
    """A reason of ours. Its value is the code that is stored and that the public API shows."""

    # Planning.
    PLANNED = "PLANNED"
    CONSENT_RELIED_ON = "CONSENT_RELIED_ON"
    ZONE_STATED = "ZONE_STATED"
    ZONE_OF_CLINIC = "ZONE_OF_CLINIC"
    CLOCK_GAP = "CLOCK_GAP"
    LATE_SENT_NOW = "LATE_SENT_NOW"
    LATE_SKIPPED = "LATE_SKIPPED"
    LATE_EXPIRED = "LATE_EXPIRED"
    WINDOW_MOVED = "WINDOW_MOVED"
    WINDOW_EXPIRED = "WINDOW_EXPIRED"
    LATE_CAUGHT_UP = "LATE_CAUGHT_UP"
    NO_COMMON_HOUR = "NO_COMMON_HOUR"
    ZONE_UNSURE = "ZONE_UNSURE"
    MERGED = "MERGED"
    CARRIES = "CARRIES"
    UNMERGED = "UNMERGED"
    REPLANNED = "REPLANNED"

    # Changes of the enrollment, its plan or its procedure.
    ENROLLMENT_CANCELLED = "ENROLLMENT_CANCELLED"
    PATIENT_ERASED = "PATIENT_ERASED"
    PROCEDURE_MOVED = "PROCEDURE_MOVED"
    PROCEDURE_RECORDED = "PROCEDURE_RECORDED"
    PROCEDURE_UNCONFIRMED = "PROCEDURE_UNCONFIRMED"
    ENROLLMENT_PAUSED = "ENROLLMENT_PAUSED"
    ENROLLMENT_RESUMED = "ENROLLMENT_RESUMED"
    PLAN_CHANGED = "PLAN_CHANGED"
    PLAN_MIGRATED = "PLAN_MIGRATED"
    PLAN_WITHDRAWN = "PLAN_WITHDRAWN"
    STEP_REMOVED = "STEP_REMOVED"
    NEWER_CORRECTION = "CORRECTED_ANEW"
    SNOOZED = "SNOOZED"
    REMINDER_CANCELLED = "REMINDER_CANCELLED"

    # Judging what is due.
    ENROLLMENT_ENDED = "ENROLLMENT_ENDED"
    PROCEDURE_NOT_DONE = "PROCEDURE_NOT_DONE"
    NO_CONTACT = "NO_CONTACT"
    NO_CONSENT = "NO_CONSENT"
    NOT_ON_ALLOWLIST = "NOT_ON_ALLOWLIST"
    OPTED_OUT = "OPTED_OUT"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    OUTSIDE_WINDOW_PAST_USEFULNESS = "OUTSIDE_WINDOW_PAST_USEFULNESS"
    DAILY_CAP = "DAILY_CAP"
    DAILY_CAP_PAST_USEFULNESS = "DAILY_CAP_PAST_USEFULNESS"
    HELD = "HELD"
    RELEASED = "RELEASED"
    RETRIED = "RETRIED"
    POSSIBLE_DUPLICATE_ACCEPTED = "POSSIBLE_DUPLICATE_ACCEPTED"
    FALLBACK = "FALLBACK"
    AWAITING_STAFF = "AWAITING_STAFF"
    AWAITING_STAFF_PAST_USEFULNESS = "AWAITING_STAFF_PAST_USEFULNESS"
    LOOP_STOPPED = "LOOP_STOPPED"
    NEEDS_VERIFICATION = "NEEDS_VERIFICATION"
    NEEDS_VERIFICATION_PAST_USEFULNESS = "NEEDS_VERIFICATION_PAST_USEFULNESS"
    CHANNEL_NOT_WANTED = "CHANNEL_NOT_WANTED"
    TIME_ZONE_CHANGED = "TIME_ZONE_CHANGED"
    PAUSED = "PAUSED"
    PAUSED_PAST_USEFULNESS = "PAUSED_PAST_USEFULNESS"
    RENDER_FAILED = "RENDER_FAILED"
    SUPPRESSED = "SUPPRESSED"
    SUPPRESSED_BOUNCE = "SUPPRESSED_BOUNCE"
    SUPPRESSED_COMPLAINT = "SUPPRESSED_COMPLAINT"
    SUPPRESSED_INVALID = "SUPPRESSED_INVALID"
    SUPPRESSED_MANUAL = "SUPPRESSED_MANUAL"
    SUPPRESSED_OPT_OUT = "SUPPRESSED_OPT_OUT"
    TEST_MODE = "TEST_MODE"
    USEFULNESS_OVER = "USEFULNESS_OVER"
    ANSWERED = "ANSWERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    NO_SENDER = "NO_SENDER"
    SENDER_WITHOUT_DATA_AGREEMENT = "SENDER_WITHOUT_DATA_AGREEMENT"
    SENDER_WITHOUT_OPT_OUT = "SENDER_WITHOUT_OPT_OUT"
    SENDER_WITHOUT_POSTAL_ADDRESS = "SENDER_WITHOUT_POSTAL_ADDRESS"
    UNREADABLE = "UNREADABLE"

    # Handing it to a provider.
    PROVIDER_AWAY = "PROVIDER_AWAY"
    PROVIDER_BUSY = "PROVIDER_BUSY"
    REFUSED_FOR_NOW = "REFUSED_FOR_NOW"
    ACCOUNT_REFUSED = "ACCOUNT_REFUSED"
    SENDER_REFUSED = "SENDER_REFUSED"
    ADDRESS_NOT_SENDABLE = "ADDRESS_NOT_SENDABLE"
    ADDRESS_NEEDS_SMTPUTF8 = "ADDRESS_NEEDS_SMTPUTF8"
    HEADER_REFUSED = "HEADER_REFUSED"
    TEXT_NOT_SENDABLE = "TEXT_NOT_SENDABLE"
    SENDER_NOT_SENDABLE = "SENDER_NOT_SENDABLE"

    # What happened to an attempt.
    LEASE_OVER = "LEASE_OVER"
    NEVER_LEFT = "NEVER_LEFT"
    RECEIPT_ACCEPTED = "RECEIPT_ACCEPTED"
    RECEIPT_DELIVERED = "RECEIPT_DELIVERED"
    RECEIPT_UNDELIVERED = "RECEIPT_UNDELIVERED"

    @property
    def sentence(self) -> str:
        """What to say to a person who asks why."""
        return _SENTENCES[self.effect][self]

    @property
    def effect(self) -> Effect:
        return _EFFECTS[self]

    @property
    def is_final(self) -> bool:
        return self.effect is Effect.FINAL

    @property
    def is_wait(self) -> bool:
        return self.effect in _WAITS


_SENTENCES: Final[Mapping[Effect, Mapping[Reason, str]]] = {
    Effect.NOTED: {
        Reason.PLANNED: "Planned when the patient was enrolled.",
        Reason.CONSENT_RELIED_ON: "The patient's consent permits it.",
        Reason.ZONE_STATED: "Timed by the patient's own time zone.",
        Reason.ZONE_OF_CLINIC: "Timed by the clinic's time zone: the patient states none.",
        Reason.CLOCK_GAP: (
            "The clock skips that time on that day (daylight saving): sent later by that much."
        ),
        Reason.LATE_SENT_NOW: "Its time had passed at enrollment; still useful, so sent at once.",
        Reason.WINDOW_MOVED: "Moved to the next time that is not quiet for the patient.",
        Reason.LATE_CAUGHT_UP: (
            "Its time had passed at enrollment; still useful, merged with the other late messages."
        ),
        Reason.ZONE_UNSURE: (
            "Sent only outside quiet hours both at the clinic and where the number is from."
        ),
        Reason.MERGED: "Another message of the same hour carries its text.",
        Reason.CARRIES: "Carries the text of another message of the same hour.",
        Reason.UNMERGED: "Sent separately: no other message carries its text any more.",
        Reason.REPLANNED: "The rules of its time zone changed; its local time stays.",
        Reason.PROCEDURE_MOVED: "Rescheduled, because the procedure was moved.",
        Reason.PROCEDURE_RECORDED: "Rescheduled, because the procedure's outcome was recorded.",
        Reason.ENROLLMENT_RESUMED: "Released, because the enrollment was resumed.",
        Reason.PLAN_MIGRATED: "Goes by a newer version of the plan.",
        Reason.RELEASED: "Released by an operator.",
        Reason.RETRIED: "An operator has it sent again.",
        Reason.POSSIBLE_DUPLICATE_ACCEPTED: (
            "An operator has it sent again, though it may have arrived."
        ),
        Reason.FALLBACK: "Sent on this channel because the other one failed.",
        Reason.TIME_ZONE_CHANGED: "Rescheduled, because the patient's time zone changed.",
        Reason.LEASE_OVER: "Its worker ended before it reported the outcome.",
        Reason.NEVER_LEFT: "Its worker ended before it left, so it is sent again.",
        Reason.RECEIPT_ACCEPTED: "The provider says that it took it.",
        Reason.RECEIPT_DELIVERED: "The provider says that it arrived.",
        Reason.RECEIPT_UNDELIVERED: "The provider says that it did not arrive.",
    },
    Effect.WAITS_FOR_TIME: {
        Reason.SNOOZED: "Staff put it off.",
        Reason.OUTSIDE_WINDOW: "Held until the next time that is not quiet for the patient.",
        Reason.DAILY_CAP: "Moved to the next day: the patient has had that day's messages.",
        Reason.PAUSED: "Held: the patient's messages are paused.",
    },
    Effect.WAITS_FOR_STAFF: {
        Reason.PROCEDURE_UNCONFIRMED: (
            "Held until somebody records whether the procedure took place."
        ),
        Reason.ENROLLMENT_PAUSED: "Held: the enrollment is paused.",
        Reason.AWAITING_STAFF: "Held until staff have read what came from the address.",
        Reason.NEEDS_VERIFICATION: "Held until there is a consent for the patient's new address.",
    },
    Effect.WAITS_FOR_OPERATOR: {
        Reason.PLAN_WITHDRAWN: "Held: this version of the plan was withdrawn.",
        Reason.HELD: "Held by an operator.",
        Reason.NO_SENDER: "Held until the clinic has an address to send it from.",
        Reason.SENDER_WITHOUT_DATA_AGREEMENT: (
            "Held until the clinic's sender has a data agreement with its provider."
        ),
        Reason.SENDER_WITHOUT_OPT_OUT: "Held until the clinic's sender names a way to opt out.",
        Reason.SENDER_WITHOUT_POSTAL_ADDRESS: (
            "Held until the clinic's sender has a postal address."
        ),
        Reason.UNREADABLE: "Held until an operator mends it: its stored data cannot be read.",
        Reason.ACCOUNT_REFUSED: (
            "Held until an operator mends it: the provider refuses our account or password."
        ),
        Reason.SENDER_REFUSED: (
            "Held until an operator mends it: the provider refuses the clinic's sender."
        ),
        Reason.SENDER_NOT_SENDABLE: (
            "Held until an operator mends it: no mail can be sent from the clinic's sender."
        ),
    },
    Effect.WAITS_FOR_PROVIDER: {
        Reason.PROVIDER_AWAY: (
            "Held: the provider takes no messages now; it is sent as soon as it does."
        ),
        Reason.PROVIDER_BUSY: "Held: the provider asked to slow down; it is sent in a moment.",
        Reason.REFUSED_FOR_NOW: "Held: the provider refused it for now; it is tried again.",
    },
    Effect.FINAL: {
        Reason.LATE_SKIPPED: "Its time had passed at enrollment; this step is not sent late.",
        Reason.LATE_EXPIRED: "It was no longer useful at enrollment.",
        Reason.WINDOW_EXPIRED: "It would no longer be useful when the patient's quiet hours end.",
        Reason.NO_COMMON_HOUR: (
            "No hour is allowed both at the clinic and where the number is from:"
            " state the time zone."
        ),
        Reason.ENROLLMENT_CANCELLED: "The enrollment was cancelled.",
        Reason.PATIENT_ERASED: "Cancelled: the patient was erased.",
        Reason.PLAN_CHANGED: "Cancelled: another procedure was done, which has a plan of its own.",
        Reason.STEP_REMOVED: "Cancelled: the newer version of the plan has no such step.",
        Reason.NEWER_CORRECTION: (
            "Cancelled: the visit moved again, and a newer correction says so."
        ),
        Reason.REMINDER_CANCELLED: "Staff cancelled it.",
        Reason.ENROLLMENT_ENDED: "Not sent: the enrollment had ended.",
        Reason.PROCEDURE_NOT_DONE: "Not sent: the procedure did not take place.",
        Reason.NO_CONTACT: "Not sent: the patient has no address for this channel.",
        Reason.NO_CONSENT: "Not sent: there was no consent for it.",
        Reason.NOT_ON_ALLOWLIST: "Not sent: the address is on no allowlist.",
        Reason.OPTED_OUT: "Not sent: the patient opted out.",
        Reason.OUTSIDE_WINDOW_PAST_USEFULNESS: "Not sent: quiet hours outlasted its usefulness.",
        Reason.DAILY_CAP_PAST_USEFULNESS: (
            "Not sent: the daily limit was reached, and it would not be useful the next day."
        ),
        Reason.AWAITING_STAFF_PAST_USEFULNESS: (
            "Not sent: staff had not yet read what the patient wrote."
        ),
        Reason.LOOP_STOPPED: (
            "Not sent: the same text had gone to the address twenty times in five minutes."
        ),
        Reason.NEEDS_VERIFICATION_PAST_USEFULNESS: (
            "Not sent: no consent for the new address came in time."
        ),
        Reason.CHANNEL_NOT_WANTED: "Not sent: the patient wants no messages this way any more.",
        Reason.PAUSED_PAST_USEFULNESS: "Not sent: the pause outlasted its usefulness.",
        Reason.RENDER_FAILED: "Not sent: its text could not be made.",
        Reason.SUPPRESSED: "Not sent: the address must not be used.",
        Reason.SUPPRESSED_BOUNCE: "Not sent: messages to the address came back.",
        Reason.SUPPRESSED_COMPLAINT: "Not sent: the address complained.",
        Reason.SUPPRESSED_INVALID: "Not sent: the address does not exist.",
        Reason.SUPPRESSED_MANUAL: "Not sent: staff said not to use the address.",
        Reason.SUPPRESSED_OPT_OUT: "Not sent: the address has opted out.",
        Reason.TEST_MODE: "Not sent: test messages go out in development only.",
        Reason.USEFULNESS_OVER: "Not sent: it was no longer useful.",
        Reason.ANSWERED: "Not sent: the patient had answered by then.",
        Reason.ADDRESS_NOT_SENDABLE: (
            "Not sent: no provider takes such an address; ask the patient for another."
        ),
        Reason.ADDRESS_NEEDS_SMTPUTF8: (
            "Not sent: our mail server takes no address with such letters before the “@”;"
            " ask the patient for another."
        ),
        Reason.HEADER_REFUSED: (
            "Not sent: its subject or sender holds a character that none may hold; correct it."
        ),
        Reason.TEXT_NOT_SENDABLE: (
            "Not sent: its text holds a character that cannot be sent; tell the patient otherwise."
        ),
        Reason.ACKNOWLEDGED: "Not sent: somebody had acknowledged the escalation by then.",
    },
}
_EFFECTS: Final[Mapping[Reason, Effect]] = {
    reason: effect for effect, sentences in _SENTENCES.items() for reason in sentences
}
_WAITS: Final = frozenset(
    {
        Effect.WAITS_FOR_TIME,
        Effect.WAITS_FOR_STAFF,
        Effect.WAITS_FOR_OPERATOR,
        Effect.WAITS_FOR_PROVIDER,
    }
)

OPERATOR_HOLDS: Final = frozenset({Reason.HELD, Reason.PLAN_WITHDRAWN})
"""An operator keeps the message back, whether it may be sent or not."""

SUPPRESSED_FOR: Final[Mapping[SuppressionReason, Reason]] = {
    SuppressionReason.OPT_OUT: Reason.SUPPRESSED_OPT_OUT,
    SuppressionReason.BOUNCE: Reason.SUPPRESSED_BOUNCE,
    SuppressionReason.COMPLAINT: Reason.SUPPRESSED_COMPLAINT,
    SuppressionReason.INVALID: Reason.SUPPRESSED_INVALID,
    SuppressionReason.MANUAL: Reason.SUPPRESSED_MANUAL,
}

PAST_USEFULNESS: Final[Mapping[Reason, Reason]] = {
    Reason.PAUSED: Reason.PAUSED_PAST_USEFULNESS,
    Reason.NEEDS_VERIFICATION: Reason.NEEDS_VERIFICATION_PAST_USEFULNESS,
    Reason.AWAITING_STAFF: Reason.AWAITING_STAFF_PAST_USEFULNESS,
    Reason.DAILY_CAP: Reason.DAILY_CAP_PAST_USEFULNESS,
    Reason.OUTSIDE_WINDOW: Reason.OUTSIDE_WINDOW_PAST_USEFULNESS,
}
"""How a message ends whose wait would outlast its usefulness, by the reason of the wait."""

RECEIPTS: Final[Mapping[ReminderStatus, Reason]] = {
    ReminderStatus.ACCEPTED: Reason.RECEIPT_ACCEPTED,
    ReminderStatus.DELIVERED: Reason.RECEIPT_DELIVERED,
    ReminderStatus.UNDELIVERED: Reason.RECEIPT_UNDELIVERED,
}
"""By the state that a receipt moves its message to."""


def known_reason(code: str | None) -> Reason | None:
    """The reason with a stored code.

    Returns None for a provider's own code, and for one that only another release writes.
    """
    return _BY_CODE.get(code) if code else None


def explain_code(code: str, detail: str | None) -> str:
    """Say a recorded decision in words: a reason's sentence, or any other code itself as words."""
    reason = known_reason(code)
    text = reason.sentence if reason else _providers_words(code)
    return f"{text} ({detail})" if detail else text


def _providers_words(code: str) -> str:
    """A provider's answer, or the way in which there was none."""
    words = code.replace("_", " ")
    if _ANSWER.match(code):
        return f"The provider answered {words}."
    return words.capitalize() + "."


_ANSWER: Final = re.compile(r"[A-Z]+_\d")
"""How a provider's own code begins."""

_BY_CODE: Final[Mapping[str, Reason]] = {str(reason): reason for reason in Reason}
