"""Twilio's create-message call: https://www.twilio.com/docs/messaging/api/message-resource."""

import asyncio
import base64
from urllib.parse import urlencode

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesPayload

from services.reminders.channels.channel import Departure, Leaving
from services.reminders.channels.sms.twilio import outcomes
from services.reminders.domain.outgoing import Outcome, OutgoingMessage, RejectedForNow, Unknown

_KEEP_ALIVE_SECONDS = 10.0  # shorter than the carrier's, so that we seldom meet a closing door


class Twilio:
    """One account. Must be made and used on one event loop."""

    def __init__(
        self, *, api_url: str, account_sid: str, auth_token: str, connections: int = 16
    ) -> None:
        """`api_url` has no path: https://api.twilio.com."""
        self._url = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        credentials = base64.b64encode(f"{account_sid}:{auth_token}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def send(self, message: OutgoingMessage, leaving: Leaving) -> Outcome:
        departure = Departure(leaving)
        try:
            async with asyncio.timeout(message.deadline_seconds):
                return await self._post(_form(message), departure)
        except TimeoutError:
            return _without_answer(departure, "TIMEOUT")
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            return _without_answer(departure, type(fault).__name__)

    async def _post(self, form: dict[str, str], departure: Departure) -> Outcome:
        async with self._open_session().post(
            self._url,
            data=_DepartingForm(form, departure),
            headers=self._headers,
            allow_redirects=False,  # a login page is no carrier
        ) as response:
            body = await response.read()
            return outcomes.read(response.status, body, response.headers)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=_KEEP_ALIVE_SECONDS
                ),
                timeout=aiohttp.ClientTimeout(total=None),  # the message's deadline rules
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _form(message: OutgoingMessage) -> dict[str, str]:
    form = {"To": message.to, "From": message.sender, "Body": message.text}
    if message.callback_url:
        form["StatusCallback"] = message.callback_url
    return form


class _DepartingForm(BytesPayload):
    """Notes the departure when the connection stands and the form is written next.

    The headers may be out by then; without its body a carrier can do nothing with them.
    """

    def __init__(self, form: dict[str, str], departure: Departure) -> None:
        super().__init__(urlencode(form).encode(), content_type="application/x-www-form-urlencoded")
        self._departure = departure

    async def write(self, writer: AbstractStreamWriter) -> None:
        self._departure.mark()
        await super().write(writer)

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        self._departure.mark()
        await super().write_with_length(writer, content_length)


def _without_answer(departure: Departure, code: str) -> Outcome:
    return Unknown(code) if departure.has_left else RejectedForNow(code)
