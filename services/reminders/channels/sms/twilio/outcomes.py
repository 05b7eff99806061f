"""What the answers to Twilio's create-message call mean.

The carrier advises against hard-coding single codes, so every code has a class, and unknown ones
fall back to what the HTTP status says. Codes: https://www.twilio.com/docs/api/errors.
"""

from collections.abc import Mapping

import msgspec

from services.contracts.words import SuppressionReason
from services.reminders.channels.retry_after import seconds_to_wait
from services.reminders.domain.outgoing import (
    Accepted,
    Outcome,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)

FOR_GOOD: dict[int, SuppressionReason | None] = {
    21211: SuppressionReason.INVALID,  # not a phone number
    21217: SuppressionReason.INVALID,  # not a phone number
    21408: None,  # region not enabled for the account
    21610: SuppressionReason.OPT_OUT,  # the recipient texted STOP to this sender
    21612: None,  # this pair of numbers has no route
    21614: SuppressionReason.INVALID,  # cannot receive texts
    21617: None,  # longer than 1,600 characters
    21635: SuppressionReason.INVALID,  # a landline
    30004: None,  # blocked by the carrier
    30005: SuppressionReason.INVALID,  # unknown or inactive number
    30006: SuppressionReason.INVALID,  # a landline, or a carrier that cannot be reached
    30007: None,  # filtered: the same text would be filtered again
}
"""Never worth another try; the value says why the address must not be used again."""

FOR_NOW = frozenset(
    {
        20003,  # account not authenticated: an operator mends it while the message is still useful
        20429,  # too many requests; not processed
        21212,  # sender not usable: an operator mends it
        21606,  # sender not owned by the account
        21608,  # trial account
        21611,  # the sender's queue is full
        30001,  # queue overflow
    }
)


class Created(msgspec.Struct):
    sid: str


class Refused(msgspec.Struct):
    code: int


def read(status: int, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """Understand a complete answer."""
    if status in (200, 201):
        return _created(body)
    code = _code(body)
    name = f"TWILIO_{code}" if code else f"HTTP_{status}"
    if code in FOR_GOOD:
        return RejectedForGood(name, FOR_GOOD[code])
    if status in (429, 503) or code in FOR_NOW:
        return RejectedForNow(name, seconds_to_wait(headers))
    if status >= 500:  # noqa: PLR2004 - a failure on their side, at an unknown point
        return Unknown(name)
    if status in (401, 403, 404) or status < 400:  # noqa: PLR2004 - a wrong address or credential
        return RejectedForNow(name)
    return RejectedForGood(name)


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
