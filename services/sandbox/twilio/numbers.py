"""Numbers with a fixed outcome. Those that are refused are Twilio's own test numbers.

https://www.twilio.com/docs/iam/test-credentials
"""

import msgspec

from services.sandbox.twilio.errors import BAD_RECIPIENT, OPTED_OUT, TwilioError


class SpecialNumber(msgspec.Struct, frozen=True, kw_only=True):
    """A text is refused with `refusal`, or accepted; `failure` is the code of its last receipt."""

    number: str
    outcome: str
    refusal: TwilioError | None = None
    failure: int | None = None
    final: str = "delivered"


def _refused(number: str, reason: str, refusal: TwilioError) -> SpecialNumber:
    outcome = f"refused: {reason} ({refusal.code})"
    return SpecialNumber(number=number, outcome=outcome, refusal=refusal)


def _accepted(number: str, final: str, reason: str, failure: int) -> SpecialNumber:
    outcome = f"accepted, then {final}: {reason} ({failure})"
    return SpecialNumber(number=number, outcome=outcome, failure=failure, final=final)


_UNREACHABLE = TwilioError(21612, "The 'To' number is not reachable from the 'From' number.")
_NOT_ENABLED = TwilioError(21408, "Permission to send to the region is not enabled.")
_NOT_MOBILE = TwilioError(21614, "The 'To' number is not a mobile number.")

SPECIAL_NUMBERS = (
    _refused("+15005550001", "not a number", BAD_RECIPIENT),
    _refused("+15005550002", "cannot be routed to", _UNREACHABLE),
    _refused("+15005550003", "its country is not enabled", _NOT_ENABLED),
    _refused("+15005550004", "opted out", OPTED_OUT),
    _refused("+15005550009", "cannot receive texts", _NOT_MOBILE),
    _accepted("+15005553003", "undelivered", "handset unreachable", 30003),
    _accepted("+15005553005", "undelivered", "unknown number", 30005),
    _accepted("+15005553007", "undelivered", "filtered by the network", 30007),
    _accepted("+15005553001", "failed", "the queue overflowed", 30001),
    SpecialNumber(
        number="+15005550010", outcome="accepted and sent, but no last receipt comes", final="sent"
    ),
)
_BY_NUMBER = {special.number: special for special in SPECIAL_NUMBERS}


def special_number(number: str) -> SpecialNumber:
    """Return the outcome of a number. One that is not on the list accepts every text."""
    return _BY_NUMBER.get(number) or SpecialNumber(number=number, outcome="delivered")
