"""Refusals in the form and with the codes of Twilio's API, and numbers with a fixed outcome.

The numbers that are refused are Twilio's own test numbers.
https://www.twilio.com/docs/api/errors
https://www.twilio.com/docs/iam/test-credentials
"""

from http import HTTPStatus

import msgspec


class TwilioError(Exception):
    """A refusal, with the HTTP status and the JSON body of the answer."""

    def __init__(
        self, code: int, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.message = message

    def copy(self) -> "TwilioError":
        """Return a copy to raise, because a raised error holds its own traceback."""
        return TwilioError(self.code, self.message, self.status)

    def body(self) -> bytes:
        return msgspec.json.encode(
            {
                "code": self.code,
                "message": self.message,
                "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
                "status": self.status,
            }
        )


NOT_AUTHENTICATED = TwilioError(20003, "Authenticate", HTTPStatus.UNAUTHORIZED)
NO_SUCH_ACCOUNT = TwilioError(20404, "The requested resource was not found", HTTPStatus.NOT_FOUND)
TOO_MANY_REQUESTS = TwilioError(20429, "Too Many Requests", HTTPStatus.TOO_MANY_REQUESTS)
UNAVAILABLE = TwilioError(20503, "Service unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
NO_BODY = TwilioError(21602, "Message body is required.")
NO_SENDER = TwilioError(21603, "A 'From' phone number is required.")
NO_RECIPIENT = TwilioError(21604, "A 'To' phone number is required.")
BAD_RECIPIENT = TwilioError(21211, "The 'To' number is not a valid phone number.")
BAD_SENDER = TwilioError(21212, "The 'From' number is not a valid phone number.")
BAD_CALLBACK = TwilioError(21609, "The 'StatusCallback' URL is not a valid URL.")
OPTED_OUT = TwilioError(21610, "Attempt to send to unsubscribed recipient")
BODY_TOO_LONG = TwilioError(
    21617, "The concatenated message body exceeds the 1600 character limit."
)
BAD_SERVICE = TwilioError(21701, "The Messaging Service does not exist.")
BAD_VALIDITY = TwilioError(
    90007, "The validity period must be a whole number of seconds from 1 to 36000."
)


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
