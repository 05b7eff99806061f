"""What the codes of decisions say to a person who asks why."""

from collections.abc import Mapping
from typing import Final

SENTENCES: Final[Mapping[str, str]] = {
    "PLANNED": "Planned when the patient was enrolled.",
    "CONSENT_RELIED_ON": "The patient's consent permits it.",
    "ZONE_STATED": "Timed by the patient's own time zone.",
    "ZONE_OF_CLINIC": "Timed by the clinic's time zone: the patient states none.",
    "CLOCK_GAP": "The clocks skip its time that day; moved on by as much.",
    "LATE_SENT_NOW": "Its time had passed at enrollment; still useful, so sent at once.",
    "LATE_SKIPPED": "Its time had passed at enrollment; this step is not sent late.",
    "LATE_EXPIRED": "It was no longer useful at enrollment.",
    "WINDOW_MOVED": "Moved to the next time that is not quiet for the patient.",
    "WINDOW_EXPIRED": "At no time that is not quiet would it still be useful.",
    "LATE_CAUGHT_UP": "Its time had passed at enrollment; still useful, so told with what else is.",
    "NO_COMMON_HOUR": (
        "No hour is allowed both at the clinic and where the number is from: state the time zone."
    ),
    "ZONE_UNSURE": "Sent only when it is not quiet where the number is from either.",
    "MERGED": "Another message of the same hour carries its text.",
    "CARRIES": "Carries the text of another message of the same hour.",
    "UNMERGED": "Sent by itself after all: what was to carry it does not.",
    "REPLANNED": "The rules of its time zone changed; its local time stays.",
    "ENROLLMENT_CANCELLED": "The enrollment was cancelled.",
    "PATIENT_ERASED": "Cancelled: the patient was erased.",
    # when something becomes of the enrollment
    "PROCEDURE_MOVED": "Timed anew: the procedure was moved.",
    "PROCEDURE_RECORDED": "Timed anew: what became of the procedure was recorded.",
    "PROCEDURE_UNCONFIRMED": "Held until somebody records whether the procedure took place.",
    "ENROLLMENT_PAUSED": "Held: the enrollment is paused.",
    "ENROLLMENT_RESUMED": "Let go: the enrollment was resumed.",
    "PLAN_CHANGED": "Cancelled: another procedure was done, which has a plan of its own.",
    "PLAN_MIGRATED": "Goes by a newer version of the plan.",
    "PLAN_WITHDRAWN": "Held: this version of the plan was withdrawn.",
    "STEP_REMOVED": "Cancelled: the newer version of the plan has no such step.",
    "CORRECTED_ANEW": "Cancelled: the visit moved again, and a newer correction says so.",
    "SNOOZED": "Staff put it off.",
    "REMINDER_CANCELLED": "Staff cancelled it.",
    # when it is due
    "ENROLLMENT_ENDED": "Not sent: the enrollment had ended.",
    "PROCEDURE_NOT_DONE": "Not sent: the procedure did not take place.",
    "NO_CONTACT": "Not sent: the patient has no address for this channel.",
    "NO_CONSENT": "Not sent: no consent for it stood.",
    "NOT_ON_ALLOWLIST": "Not sent: the address is on no allowlist.",
    "OPTED_OUT": "Not sent: the patient opted out.",
    "OUTSIDE_WINDOW": "Held until the next time that is not quiet for the patient.",
    "OUTSIDE_WINDOW_PAST_USEFULNESS": "Not sent: quiet hours outlasted its usefulness.",
    "DAILY_CAP": "Moved to the next day: the patient has had that day's messages.",
    "DAILY_CAP_PAST_USEFULNESS": "Not sent: the day's messages were sent, and it kept no longer.",
    "HELD": "Held by an operator.",
    "RELEASED": "Let go by an operator.",
    "RETRIED": "An operator has it sent again.",
    "POSSIBLE_DUPLICATE_ACCEPTED": "An operator has it sent again, though it may have arrived.",
    "FALLBACK": "Sent on this channel because the other one failed.",
    "AWAITING_STAFF": "Held until staff have read what came from the address.",
    "AWAITING_STAFF_PAST_USEFULNESS": "Not sent: staff had not yet read what the patient wrote.",
    "LOOP_STOPPED": "Not sent: the same text had gone to the address twenty times in five minutes.",
    "NEEDS_VERIFICATION": "Held until there is a consent for the patient's new address.",
    "NEEDS_VERIFICATION_PAST_USEFULNESS": "Not sent: no consent for the new address came in time.",
    "CHANNEL_NOT_WANTED": "Not sent: the patient wants no messages this way any more.",
    "TIME_ZONE_CHANGED": "Timed anew: the patient's time zone changed.",
    "PAUSED": "Held: the patient's messages are paused.",
    "PAUSED_PAST_USEFULNESS": "Not sent: the pause outlasted its usefulness.",
    "RENDER_FAILED": "Not sent: its text could not be made.",
    "SUPPRESSED": "Not sent: the address must not be used.",
    "SUPPRESSED_BOUNCE": "Not sent: messages to the address came back.",
    "SUPPRESSED_COMPLAINT": "Not sent: the address complained.",
    "SUPPRESSED_INVALID": "Not sent: the address does not exist.",
    "SUPPRESSED_MANUAL": "Not sent: staff said not to use the address.",
    "SUPPRESSED_OPT_OUT": "Not sent: the address has opted out.",
    "TEST_MODE": "Not sent: test messages go out in development only.",
    "USEFULNESS_OVER": "Not sent: it was no longer useful.",
    "ANSWERED": "Not sent: the patient had answered by then.",
    "ACKNOWLEDGED": "Not sent: somebody had acknowledged the escalation by then.",
    # when it was sent
    "LEASE_OVER": "Its worker ended before saying what became of it.",
    "NEVER_LEFT": "Its worker ended before it left, so it is sent again.",
    "RECEIPT_ACCEPTED": "The provider says that it took it.",
    "RECEIPT_DELIVERED": "The provider says that it arrived.",
    "RECEIPT_UNDELIVERED": "The provider says that it did not arrive.",
}


def sentence(code: str, detail: str | None) -> str:
    """What to show for a recorded decision; a code without a sentence is shown as words."""
    said = SENTENCES.get(code) or code.replace("_", " ").capitalize() + "."
    return f"{said} ({detail})" if detail else said
