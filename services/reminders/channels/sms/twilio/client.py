"""Twilio's create-message call: https://www.twilio.com/docs/messaging/api/message-resource."""

import asyncio
import base64
from types import SimpleNamespace

import aiohttp

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
            data=form,
            headers=self._headers,
            allow_redirects=False,  # a login page is no carrier
            trace_request_ctx=departure,
        ) as response:
            body = await response.read()
            return outcomes.read(response.status, body, response.headers)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_connection_create_end.append(_note_departure)
            tracing.on_connection_reuseconn.append(_note_departure)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections, keepalive_timeout=_KEEP_ALIVE_SECONDS
                ),
                timeout=aiohttp.ClientTimeout(total=None),  # the message's deadline rules
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[tracing],
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


async def _note_departure(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: object
) -> None:
    """A connection stands, and the request is written next."""
    del session, params
    departure: Departure = context.trace_request_ctx
    departure.mark()


def _without_answer(departure: Departure, code: str) -> Outcome:
    return Unknown(code) if departure.has_left else RejectedForNow(code)
