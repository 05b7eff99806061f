"""Kannel's sendsms, by POST (user guide, "Using the HTTP interface to send SMS messages").

By POST the password, the number and the text stay out of every log of addresses.
"""

from services.contracts.sms.segments import Encoding, count_segments
from services.reminders.channels.channel import Leaving
from services.reminders.channels.http import Caller, Request
from services.reminders.channels.sms.kannel import outcomes
from services.reminders.delivery.domain.outgoing import Outcome, OutgoingMessage

EVERY_REPORT = "31"
"""The bits of dlr-mask: delivered 1, failed 2, buffered 4, network accepted 8, refused 16."""

_TEXT = "text/plain; charset=UTF-8"  # the one place where a POST may name the charset
_CODING = {Encoding.GSM_7: "0", Encoding.UCS_2: "2"}
_REPORT_WORDS = "&status=%d&answer=%A&foreign=%F"  # Kannel fills them in


class Kannel:
    """One sendsms-user of one gateway. Must be made and used on one event loop."""

    def __init__(self, *, sendsms_url: str, username: str, password: str) -> None:
        """`sendsms_url` is whole: http://kannel:13013/cgi-bin/sendsms."""
        self._credentials = {"X-Kannel-Username": username, "X-Kannel-Password": password}
        self._caller = Caller(sendsms_url, _TEXT, outcomes.read)

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        return await self._caller.send(message, leaving, self._request)

    def _request(self, message: OutgoingMessage) -> Request:
        return message.text.encode(), self._credentials | _headers(message)

    async def close(self) -> None:
        await self._caller.close()


def _headers(message: OutgoingMessage) -> dict[str, str]:
    headers = {
        "X-Kannel-From": message.sender,
        "X-Kannel-To": message.to,
        "X-Kannel-Coding": _CODING[count_segments(message.text).encoding],
    }
    if message.callback_url:
        headers["X-Kannel-DLR-Mask"] = EVERY_REPORT
        headers["X-Kannel-DLR-Url"] = f"{message.callback_url}{_REPORT_WORDS}"
    return headers
