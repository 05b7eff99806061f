"""Calls to providers over HTTP: kept connections, and a note right before each message leaves."""

from collections.abc import Mapping

import aiohttp
import msgspec
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import BytesPayload

from services.reminders.channels.channel import Departure

FAULTS = (aiohttp.ClientError, OSError, ValueError)
"""What a call may raise, besides TimeoutError, when there is no complete answer."""

_KEEP_ALIVE_SECONDS = 10.0  # less than the providers keep them, so that few close as we use them


FORM = "application/x-www-form-urlencoded"

_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
_QUOTED = [chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in range(256)]
_QUOTED[ord(" ")] = "+"


def form(fields: Mapping[str, str]) -> bytes:
    """As `urllib.parse.urlencode` writes it, in a fifth of its time; names are plain words."""
    return "&".join(f"{name}={_quoted(value)}" for name, value in fields.items()).encode()


def _quoted(value: str) -> str:
    return value.encode().decode("latin-1").translate(_QUOTED)


class Answer(msgspec.Struct, frozen=True):
    """Names of headers compare without regard to case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Caller:
    """The connections to one provider. Must be used on one event loop."""

    def __init__(self, connections: int = 16) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self,
        url: str,
        body: bytes,
        content_type: str,
        headers: Mapping[str, str],
        departure: Departure,
    ) -> Answer:
        """Post once, never again by itself; raises one of FAULTS without a complete answer.

        A redirect is an answer like others: a login page is not a provider.
        """
        async with self._open_session().post(
            url,
            data=_DepartingBody(body, content_type, departure),
            headers=headers,
            allow_redirects=False,
        ) as response:
            return Answer(response.status, await response.read(), response.headers)

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
