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


SPECIAL_NUMBERS = (
    SpecialNumber(
        number="+15005550001", outcome="refused: not a number (21211)", refusal=BAD_RECIPIENT
    ),
    SpecialNumber(
        number="+15005550002",
        outcome="refused: cannot be routed to (21612)",
        refusal=TwilioError(21612, "The 'To' number is not reachable from the 'From' number."),
    ),
    SpecialNumber(
        number="+15005550003",
        outcome="refused: its country is not enabled (21408)",
        refusal=TwilioError(21408, "Permission to send to the region is not enabled."),
    ),
    SpecialNumber(number="+15005550004", outcome="refused: opted out (21610)", refusal=OPTED_OUT),
    SpecialNumber(
        number="+15005550009",
        outcome="refused: cannot receive texts (21614)",
        refusal=TwilioError(21614, "The 'To' number is not a mobile number."),
    ),
    SpecialNumber(
        number="+15005553003",
        outcome="accepted, then undelivered: handset unreachable (30003)",
        failure=30003,
        final="undelivered",
    ),
    SpecialNumber(
        number="+15005553005",
        outcome="accepted, then undelivered: unknown number (30005)",
        failure=30005,
        final="undelivered",
    ),
    SpecialNumber(
        number="+15005553007",
        outcome="accepted, then undelivered: filtered by the network (30007)",
        failure=30007,
        final="undelivered",
    ),
    SpecialNumber(
        number="+15005553001",
        outcome="accepted, then failed: the queue overflowed (30001)",
        failure=30001,
        final="failed",
    ),
    SpecialNumber(
        number="+15005550010", outcome="accepted and sent, but no last receipt comes", final="sent"
    ),
)
_BY_NUMBER = {special.number: special for special in SPECIAL_NUMBERS}


def special_number(number: str) -> SpecialNumber:
    """Return the outcome of a number. One that is not on the list accepts every text."""
    return _BY_NUMBER.get(number) or SpecialNumber(number=number, outcome="delivered")
