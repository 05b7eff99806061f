"""Calls to providers over HTTP: kept connections, and a note right before each message leaves."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesPayload

from services.reminders.channels.channel import Departure, Leaving, cause_of, refused, written
from services.reminders.core.reasons import Reason
from services.reminders.delivery.domain.outgoing import (
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
    Unknown,
    Unsendable,
)

_CONNECTIONS = 16
_KEEP_ALIVE_SECONDS = 10.0  # less than the providers keep them, so that few close as we use them


FORM = "application/x-www-form-urlencoded"

FAILURES: Mapping[int, Failure] = {
    401: Failure.NOT_ALLOWED,  # an operator mends it while the message is still of use
    403: Failure.NOT_ALLOWED,
    404: Failure.NOT_ALLOWED,
    429: Failure.BUSY,
    503: Failure.UNAVAILABLE,
}

_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
_QUOTED = [chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in range(256)]
_QUOTED[ord(" ")] = "+"


def form(fields: Mapping[str, str]) -> bytes:
    """As `urllib.parse.urlencode` writes it, in a fifth of its time; names are plain words."""
    return "&".join(f"{name}={_quoted(value)}" for name, value in fields.items()).encode()


def _quoted(value: str) -> str:
    return value.encode().decode("latin-1").translate(_QUOTED)


ReadAnswer = Callable[[int, bytes, Mapping[str, str]], Outcome]
"""Translates status, body and headers of an answer. Names of headers ignore case."""


Request = tuple[bytes, Mapping[str, str]]
"""The body of a call, and its headers."""


def _request(write: Callable[[OutgoingMessage], Request], message: OutgoingMessage) -> Request:
    """Write a call. Raises Unsendable for addresses with which no provider can do anything."""
    if not _ADDRESS.fullmatch(message.to):
        raise Unsendable(Reason.ADDRESS_NOT_SENDABLE)
    if not _ADDRESS.fullmatch(message.sender):
        raise Unsendable(Reason.SENDER_NOT_SENDABLE)
    return write(message)


_ADDRESS = re.compile(r"\S[^\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]*")
"""Anything on one line. What it means is the provider's to say."""


class Caller:
    """The connections to one URL of a provider. Must be used on one event loop."""

    def __init__(self, url: str, content_type: str, read: ReadAnswer) -> None:
        self._url = url
        self._content_type = content_type
        self._read = read
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        message: OutgoingMessage,
        leaving: Leaving,
        write: Callable[[OutgoingMessage], Request],
    ) -> Outcome:
        """Post a message once, never again by itself; never raises.

        A redirect is an answer like others: a login page is not a provider.
        """
        departure = Departure(leaving)
        try:
            body, headers = written(partial(_request, write, message))
        except Unsendable as fault:
            return refused(fault)
        try:
            async with (
                asyncio.timeout(message.deadline_seconds),
                self._open_session().post(
                    self._url,
                    data=_DepartingBody(body, self._content_type, departure),
                    headers=headers,
                    allow_redirects=False,
                ) as response,
            ):
                answer = await response.read()
        except TimeoutError:
            return departure.without_answer("TIMEOUT")
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError):
            return departure.without_answer("CONNECTION_LOST")
        except (aiohttp.ClientError, OSError, ValueError) as fault:
            return departure.without_answer(cause_of(fault))
        return self._read(response.status, answer, response.headers)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_SECONDS
                ),
                timeout=aiohttp.ClientTimeout(total=None),  # the message's deadline rules
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class _DepartingBody(BytesPayload):
    """Notes the departure when the connection stands and the body is written next.

    The headers may be out by then; without its body a provider can do nothing with them.
    """

    def __init__(self, body: bytes, content_type: str, departure: Departure) -> None:
        super().__init__(body, content_type=content_type)
        self._departure = departure

    async def write(self, writer: AbstractStreamWriter) -> None:
        self._departure.mark()
        await super().write(writer)

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        self._departure.mark()
        await super().write_with_length(writer, content_length)


def outcome_of_status(status: int, name: str, headers: Mapping[str, str]) -> Outcome:
    """Translate the status of a refusal that the provider's own codes do not explain."""
    if status in FAILURES:
        return RejectedForNow(name, seconds_to_wait(headers), failure=FAILURES[status])
    if status >= 500:  # noqa: PLR2004 - a failure on their side, at an unknown point
        return Unknown(name)
    if status < 400:  # noqa: PLR2004 - a redirect: some other server's page
        return RejectedForNow(name, failure=Failure.NOT_ALLOWED)
    return RejectedForGood(name)


def seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After in both its forms. Returns None if it is absent or malformed.

    A date is compared with the answer's own Date, so that our clock does not matter
    (RFC 9110 §10.2.3).
    """
    wanted = headers.get("Retry-After", "").strip()
    if wanted.isascii() and wanted.isdecimal():
        return float(wanted)
    until, answered_at = _moment(wanted), _moment(headers.get("Date", ""))
    if until is None or answered_at is None:
        return None
    return max(0.0, (until - answered_at).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
