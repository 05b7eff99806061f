"""What keeps a planned reminder waiting beyond its time, for whoever looks at it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.contracts.reminders import HoldShown
from services.contracts.words import ReminderStatus
from services.reminders.core.reasons import (
    OPERATOR_HOLDS,
    SUPPRESSED_FOR,
    Effect,
    Reason,
    known_reason,
)

_UNLESS: Final[Mapping[Reason, str]] = {
    Reason.NO_CONTACT: "Not sent unless the patient has an address for this channel by then.",
    Reason.NO_CONSENT: "Not sent unless there is a consent for it by then.",
    **dict.fromkeys(
        SUPPRESSED_FOR.values(), "Not sent unless the address may be used again by then."
    ),
}


def holding(
    status: ReminderStatus, state_reason: str | None, due_at: datetime, now: Reason | None = None
) -> HoldShown | None:
    """Return what a reminder waits for: an operator, `now`, or the stored decision.

    `now` is the reason against sending it at this moment. Returns None if it is only not due yet.
    """
    if status is not ReminderStatus.SCHEDULED:
        return None
    decided = known_reason(state_reason)
    if now is not None and now.is_final and decided not in OPERATOR_HOLDS:
        return HoldShown(code=now, text=_UNLESS.get(now, now.sentence), until=None)
    if decided is not None and decided.is_wait:
        is_timed = decided.effect is Effect.WAITS_FOR_TIME
        until = due_at if is_timed else None
        return HoldShown(code=decided, text=decided.sentence, until=until)
    if now is not None and now.is_wait:
        return HoldShown(code=now, text=now.sentence, until=None)
    return None
