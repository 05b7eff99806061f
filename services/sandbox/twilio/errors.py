"""Refusals in the form and with the codes of Twilio's API.

https://www.twilio.com/docs/api/errors
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
