"""Twilio's create-message call: https://www.twilio.com/docs/messaging/api/message-resource."""

import base64

from services.reminders.channels.channel import Leaving
from services.reminders.channels.http import FORM, Caller, Request, form
from services.reminders.channels.sms.twilio import outcomes
from services.reminders.delivery.domain.outgoing import Outcome, OutgoingMessage


class Twilio:
    """One account. Must be made and used on one event loop."""

    def __init__(self, *, api_url: str, account_sid: str, auth_token: str) -> None:
        """`api_url` has no path: https://api.twilio.com."""
        url = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        credentials = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._caller = Caller(url, FORM, outcomes.read)

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        return await self._caller.send(message, leaving, self._request)

    def _request(self, message: OutgoingMessage) -> Request:
        return form(_fields(message)), self._headers

    async def close(self) -> None:
        await self._caller.close()


def _fields(message: OutgoingMessage) -> dict[str, str]:
    fields = {"To": message.to, "From": message.sender, "Body": message.text}
    if message.callback_url:
        fields["StatusCallback"] = message.callback_url
    return fields
