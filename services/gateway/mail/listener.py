"""Listens for mail over SMTP, with a limit for everything that a client can use up."""

import asyncio
import contextlib
import logging
import ssl
from typing import AnyStr, Final

from aiosmtpd.smtp import SMTP

from services.chassis.settings import Bind
from services.gateway.mail.conversation import MailHandler
from services.gateway.mail.counters import MailCounters
from services.gateway.mail.limits import Limits, OpenConnections, client_of

_IDENT: Final = "Afterglow"
_LONGEST_LINE: Final = 64 * 1024  # mails that come back have longer lines than RFC 5321 allows
_CALLS: Final = {"*": 20, "MAIL": 100, "RCPT": 300, "DATA": 100, "RSET": 100}
"""How often a client may use each command in one connection."""

_LONGEST_SESSION: Final = 10
"""A connection may last so many times the idle limit."""

_STOP_SECONDS: Final = 3.0


class Connection(SMTP):
    """One client's connection."""

    line_length_limit = _LONGEST_LINE

    def __init__(self, listener: "MailListener") -> None:
        self._listener = listener
        self._client: str | None = None
        self._deadline: asyncio.TimerHandle | None = None
        limits = listener.limits
        super().__init__(
            listener.handler,
            data_size_limit=limits.mail_bytes,
            enable_SMTPUTF8=True,
            hostname=listener.hostname,
            ident=_IDENT,
            tls_context=listener.tls,
            timeout=limits.idle_seconds,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            command_call_limit=_CALLS,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse a connection over the limits. STARTTLS comes here a second time."""
        if self._client is not None:
            super().connection_made(transport)
            return
        peer = transport.get_extra_info("peername")
        client = client_of(peer[0]) if peer else ""
        if not self._listener.enter(client, self):
            if isinstance(transport, asyncio.WriteTransport):
                transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        self._client = client
        seconds = self._listener.limits.idle_seconds * _LONGEST_SESSION
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.hang_up)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._client is None:
            return
        client, self._client = self._client, None
        self._listener.leave(client, self)
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._client is not None:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self._client is not None else None

    async def push(self, status: AnyStr) -> None:
        self._listener.counters.replies[f"{status!s:.3}"] += 1
        await super().push(status)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


class MailListener:
    """Listens on one address of the running loop. `tls` is offered by STARTTLS."""

    def __init__(
        self,
        handler: MailHandler,
        limits: Limits,
        counters: MailCounters,
        *,
        hostname: str,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.handler = handler
        self.limits = limits
        self.counters = counters
        self.hostname = hostname
        self.tls = tls
        self.open = OpenConnections(limits)
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    async def start(self, bind: Bind) -> int:
        """Listen and return the port. Raises OSError if it cannot listen."""
        logging.getLogger("mail.log").disabled = True  # it would log senders and addresses
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), bind.host, bind.port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no new connection, let mails be stored that have arrived, and hang up."""
        if self._server is None:
            return
        self._server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.handler.is_idle.wait(), _STOP_SECONDS)
        await asyncio.sleep(0)  # lets the replies go out
        for connection in list(self._connections):
            connection.hang_up()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # lets closed connections end their tasks

    def enter(self, client: str, connection: Connection) -> bool:
        if not self.open.enter(client):
            self.counters.connections_refused += 1
            return False
        self.counters.connections += 1
        self._connections.add(connection)
        return True

    def leave(self, client: str, connection: Connection) -> None:
        self.open.leave(client)
        self._connections.discard(connection)
