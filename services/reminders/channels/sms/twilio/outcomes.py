"""What the answers to Twilio's create-message call mean.

Twilio advises against hard-coding single codes, so every code has a class, and unknown ones
fall back to what the HTTP status says. Codes: https://www.twilio.com/docs/api/errors.
"""

from collections.abc import Mapping

import msgspec

from services.contracts.words import SuppressionReason
from services.reminders.channels.http import outcome_of_status, seconds_to_wait
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)

FOR_GOOD: dict[int, SuppressionReason | None] = {
    21211: SuppressionReason.INVALID,  # not a phone number
    21214: SuppressionReason.INVALID,  # cannot be reached
    21217: SuppressionReason.INVALID,  # not a phone number
    21265: SuppressionReason.INVALID,  # a short code
    21266: None,  # the number is the sender's own
    21267: SuppressionReason.INVALID,  # a name instead of a number
    21408: None,  # region not enabled for the account
    21602: None,  # no text
    21604: SuppressionReason.INVALID,  # no number
    21605: None,  # text too long
    21610: SuppressionReason.OPT_OUT,  # the recipient texted STOP to this sender
    21612: None,  # this pair of numbers has no route
    21614: SuppressionReason.INVALID,  # cannot receive texts
    21617: None,  # longer than 1,600 characters
    21619: None,  # text not readable
    21635: SuppressionReason.INVALID,  # a landline
    30004: None,  # blocked by the mobile network
    30005: SuppressionReason.INVALID,  # unknown or inactive number
    30006: SuppressionReason.INVALID,  # a landline, or a network that cannot be reached
    30007: None,  # filtered: the same text would be filtered again
}
"""Never tried again; the value says why the address must not be used any more."""

FOR_NOW: dict[int, Failure] = {
    20003: Failure.NOT_ALLOWED,  # account not authenticated
    20429: Failure.BUSY,  # too many requests; not processed
    21212: Failure.SENDER,  # sender not usable
    21219: Failure.SENDER,  # trial account, for this number alone
    21601: Failure.SENDER,  # sender cannot text
    21603: Failure.SENDER,  # no sender
    21606: Failure.SENDER,  # sender not owned by the account
    21607: Failure.SENDER,  # sender not usable by the account
    21608: Failure.SENDER,  # trial account, for this number alone
    21659: Failure.SENDER,  # sender is no number of Twilio's
    21660: Failure.SENDER,  # sender belongs to another account
    21661: Failure.SENDER,  # sender cannot text
    21611: Failure.BUSY,  # the sender's queue is full
    30001: Failure.BUSY,  # queue overflow
    30002: Failure.NOT_ALLOWED,  # account suspended
    30034: Failure.SENDER,  # sender not registered with the carriers
}
"""Passes by itself, or once an operator has acted while the message is still of use."""


class Created(msgspec.Struct):
    sid: str


class Refused(msgspec.Struct):
    code: int


def read(status: int, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Translate a complete answer."""
    if status in (200, 201):
        return _created(body)
    code = _code(body)
    name = f"TWILIO_{code}" if code else f"HTTP_{status}"
    if code in FOR_GOOD:
        return RejectedForGood(name, FOR_GOOD[code])
    if code in FOR_NOW:
        return RejectedForNow(name, seconds_to_wait(headers), failure=FOR_NOW[code])
    return outcome_of_status(status, name, headers)


def _created(body: bytes) -> Outcome:
    try:
        return Accepted(msgspec.json.decode(body, type=Created).sid)
    except msgspec.DecodeError:
        return Unknown("ANSWER_NOT_UNDERSTOOD")


def _code(body: bytes) -> int | None:
    try:
        return msgspec.json.decode(body, type=Refused).code
    except msgspec.DecodeError:
        return None
