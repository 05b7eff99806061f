"""Twilio's create-message call: https://www.twilio.com/docs/messaging/api/message-resource."""

import asyncio
import base64

from services.reminders.channels.channel import Departure, Leaving
from services.reminders.channels.http import FAULTS, FORM, Caller, form
from services.reminders.channels.sms.twilio import outcomes
from services.reminders.delivery.domain.outgoing import Outcome, OutgoingMessage


class Twilio:
    """One account. Must be made and used on one event loop."""

    def __init__(
        self, *, api_url: str, account_sid: str, auth_token: str, connections: int = 16
    ) -> None:
        """`api_url` has no path: https://api.twilio.com."""
        self._url = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        credentials = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._caller = Caller(connections)

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        departure = Departure(leaving)
        body = form(_fields(message))
        try:
            async with asyncio.timeout(message.deadline_seconds):
                answer = await self._caller.post(self._url, body, FORM, self._headers, departure)
        except TimeoutError:
            return departure.without_answer("TIMEOUT")
        except FAULTS as fault:
            return departure.without_answer(type(fault).__name__)
        return outcomes.read(answer.status, answer.body, answer.headers)

    async def close(self) -> None:
        await self._caller.close()


def _fields(message: OutgoingMessage) -> dict[str, str]:
    fields = {"To": message.to, "From": message.sender, "Body": message.text}
    if message.callback_url:
        fields["StatusCallback"] = message.callback_url
    return fields
