"""What keeps a planned reminder waiting beyond its time, for whoever looks at it."""

from datetime import datetime
from typing import Final

import msgspec

from services.contracts.catalog import Channel, Purpose
from services.contracts.words import ConsentState, ReminderStatus
from services.reminders.core.decisions import sentence
from services.reminders.core.patient import Patient
from services.reminders.core.senders import Lack

_UNTIL_ITS_TIME: Final = frozenset({"PAUSED", "OUTSIDE_WINDOW", "DAILY_CAP", "SNOOZED"})
_UNTIL_SOMEBODY_ACTS: Final = frozenset({
    "HELD", "AWAITING_STAFF", "ENROLLMENT_PAUSED", "PLAN_WITHDRAWN", "PROCEDURE_UNCONFIRMED",
    "NEEDS_VERIFICATION", *map(str, Lack),
})  # fmt: skip
_BY_OPERATOR: Final = frozenset({"HELD", "PLAN_WITHDRAWN"})
_UNLESS: Final = {
    "NO_CONTACT": "Not sent unless the patient has an address for this channel by then.",
    "NO_CONSENT": "Not sent unless there is a consent for it by then.",
}
_SUPPRESSED: Final = "SUPPRESSED_"


class Holding(msgspec.Struct, frozen=True):
    """Why, and until when where that is known."""

    code: str
    text: str
    until: datetime | None


class Standing(msgspec.Struct, frozen=True):
    """What stands in the way of a channel and purpose now, as the judge of what is due sees it.

    `barred` ends a reminder when it is due; `waits` puts it off.
    """

    barred: str | None = None
    waits: str | None = None


def standing(patient: Patient, channel: Channel, purpose: Purpose) -> Standing:
    contact = patient.contact(channel)
    if contact is None:
        return Standing(barred="NO_CONTACT")
    if contact.suppressions:
        return Standing(barred=f"{_SUPPRESSED}{min(contact.suppressions)}")
    consent = patient.consent(channel, purpose)
    if consent is None or consent.state is ConsentState.WITHDRAWN:
        return Standing(barred="NO_CONSENT")
    if consent.state is not ConsentState.GRANTED:
        return Standing(waits="NEEDS_VERIFICATION")
    return Standing(waits="AWAITING_STAFF" if contact.awaits_staff else None)


def holding(
    status: ReminderStatus,
    reason: str | None,
    due_at: datetime,
    now: Standing = Standing(),  # noqa: B008 - frozen
) -> Holding | None:
    """What keeps a reminder: an operator, what is so `now`, or the decision that it waits for.

    None when only its time has not come.
    """
    if status is not ReminderStatus.SCHEDULED:
        return None
    if now.barred and reason not in _BY_OPERATOR:
        return Holding(now.barred, _unless(now.barred), None)
    found = _decided(reason, due_at)
    if found is None and now.waits:
        return Holding(now.waits, sentence(now.waits, None), None)
    return found


def _unless(code: str) -> str:
    return _UNLESS.get(code, "Not sent unless the address may be used again by then.")


def _decided(reason: str | None, due_at: datetime) -> Holding | None:
    if reason is None:
        return None
    if reason in _UNTIL_SOMEBODY_ACTS:
        return Holding(reason, sentence(reason, None), None)
    return Holding(reason, sentence(reason, None), due_at) if reason in _UNTIL_ITS_TIME else None
