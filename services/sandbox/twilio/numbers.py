"""Numbers that always meet the same fate. Those that are refused are Twilio's own test numbers.

https://www.twilio.com/docs/iam/test-credentials
"""

import msgspec

from services.sandbox.twilio.errors import BAD_RECIPIENT, OPTED_OUT, TwilioError


class FatedNumber(msgspec.Struct, frozen=True, kw_only=True):
    """`refusal` at once; or else accepted, and `failure` is the code its last receipt bears."""

    number: str
    fate: str
    refusal: TwilioError | None = None
    failure: int | None = None
    final: str = "delivered"


FATED_NUMBERS = (
    FatedNumber(number="+15005550001", fate="refused: not a number (21211)", refusal=BAD_RECIPIENT),
    FatedNumber(
        number="+15005550002",
        fate="refused: cannot be routed to (21612)",
        refusal=TwilioError(21612, "The 'To' number is not reachable from the 'From' number."),
    ),
    FatedNumber(
        number="+15005550003",
        fate="refused: its country is not enabled (21408)",
        refusal=TwilioError(21408, "Permission to send to the region is not enabled."),
    ),
    FatedNumber(number="+15005550004", fate="refused: opted out (21610)", refusal=OPTED_OUT),
    FatedNumber(
        number="+15005550009",
        fate="refused: cannot receive texts (21614)",
        refusal=TwilioError(21614, "The 'To' number is not a mobile number."),
    ),
    FatedNumber(
        number="+15005553003",
        fate="accepted, then undelivered: handset unreachable (30003)",
        failure=30003,
        final="undelivered",
    ),
    FatedNumber(
        number="+15005553005",
        fate="accepted, then undelivered: unknown number (30005)",
        failure=30005,
        final="undelivered",
    ),
    FatedNumber(
        number="+15005553007",
        fate="accepted, then undelivered: filtered by the network (30007)",
        failure=30007,
        final="undelivered",
    ),
    FatedNumber(
        number="+15005553001",
        fate="accepted, then failed: the queue overflowed (30001)",
        failure=30001,
        final="failed",
    ),
    FatedNumber(
        number="+15005550010", fate="accepted and sent, but no last receipt comes", final="sent"
    ),
)
_BY_NUMBER = {test.number: test for test in FATED_NUMBERS}


def fate_of(number: str) -> FatedNumber:
    """A number that is not on the list takes every text."""
    return _BY_NUMBER.get(number) or FatedNumber(number=number, fate="delivered")
