"""Connections to one submission server, kept while they are idle."""

import asyncio
import ipaddress
import ssl
from contextlib import suppress
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import msgspec

IDLE_CONNECTIONS = 16  # as many as one process has attempts open
_RESET_SECONDS = 1.0
_IDLE_SECONDS = 60.0  # servers wait five minutes (RFC 5321 §4.5.3.2.7), many less than that
_PORTS = {"smtp": 587, "smtps": 465}
_HOW = "write it as smtp[s]://user:password@host:port"


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """The address of a submission server, and how the connection is encrypted."""

    host: str
    port: int
    user: str | None
    password: str | None
    is_implicit_tls: bool
    must_start_tls: bool

    @property
    def is_here(self) -> bool:
        return _is_here(self.host)


def server_of(url: str) -> Server:
    """Read an SMTP URL. Raises ValueError, which says what to write.

    `smtps://` is TLS from the first byte. `smtp://` insists on STARTTLS, since what is sent is
    health data, except to this machine without a password or with `?starttls=never`.
    """
    parts = urlsplit(url)
    wish = parse_qs(parts.query).get("starttls", ["always"])[0]
    if parts.scheme not in _PORTS or not parts.hostname or wish not in ("always", "never"):
        raise ValueError(_HOW)
    if wish == "never" and parts.password:
        raise ValueError(f"{_HOW}; a password is never sent without TLS")
    is_implicit_tls = parts.scheme == "smtps"
    is_trusted_way = wish == "never" or _is_here(parts.hostname)
    return Server(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        is_implicit_tls=is_implicit_tls,
        must_start_tls=not is_implicit_tls and (bool(parts.password) or not is_trusted_way),
    )


def _is_here(host: str) -> bool:
    """Whether a host is this machine, by its name or by a number."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified


class NotOffered(Exception):
    """The server takes no address with letters beyond ASCII before its “@” (RFC 6531)."""


class Connections:
    """Opens connections and keeps idle ones. Must be used on one event loop."""

    def __init__(self, server: Server, tls: ssl.SSLContext) -> None:
        """`tls` says which certificates are trusted; names are always checked."""
        self._server = server
        self._tls = tls
        self._idle: list[tuple[float, aiosmtplib.SMTP]] = []

    async def open_transaction(self, sender: str, *, is_utf8: bool) -> aiosmtplib.SMTP:
        """MAIL FROM on an idle connection that still answers, else on a new one.

        With `is_utf8` an address has letters beyond ASCII before its “@”. Raises NotOffered if the
        server takes none.
        """
        now = asyncio.get_running_loop().time()
        while self._idle:
            idle_since, connection = self._idle.pop()
            if now - idle_since < _IDLE_SECONDS and await _is_willing(connection, sender, is_utf8):
                return connection
            connection.close()
        connection = await self._connect()
        try:
            await _mail(connection, sender, is_utf8)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _connect(self) -> aiosmtplib.SMTP:
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.is_implicit_tls,
            start_tls=server.must_start_tls,
            tls_context=self._tls,
            timeout=None,  # the message's deadline rules
            local_hostname="localhost" if server.is_here else None,
        )
        try:
            await connection.connect()
        except BaseException:
            connection.close()
            raise
        return connection

    def keep(self, connection: aiosmtplib.SMTP) -> None:
        """Keep a connection whose transaction has ended without an error."""
        if connection.is_connected and len(self._idle) < IDLE_CONNECTIONS:
            self._idle.append((asyncio.get_running_loop().time(), connection))
        else:
            connection.close()

    async def start_over(self, connection: aiosmtplib.SMTP) -> None:
        """Keep a connection whose recipient was refused, so that the next mail need not connect."""
        try:
            await connection.rset(timeout=_RESET_SECONDS)
        except (aiosmtplib.SMTPException, OSError):
            connection.close()
        except BaseException:
            connection.close()
            raise
        else:
            self.keep(connection)

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_take_leave(connection) for _, connection in idle))


async def _take_leave(connection: aiosmtplib.SMTP) -> None:
    try:
        await connection.quit(timeout=1)
    except (aiosmtplib.SMTPException, OSError):
        connection.close()


async def _is_willing(connection: aiosmtplib.SMTP, sender: str, is_utf8: bool) -> bool:  # noqa: FBT001 - passed on by place
    """The server may have closed an idle connection, or may answer 421."""
    try:
        await _mail(connection, sender, is_utf8)
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


async def _mail(connection: aiosmtplib.SMTP, sender: str, is_utf8: bool) -> None:  # noqa: FBT001 - passed on by place
    if not is_utf8:
        await connection.mail(sender)
        return
    if connection.is_ehlo_or_helo_needed:
        with suppress(aiosmtplib.SMTPHeloError):  # it knows no EHLO, so it offers nothing
            await connection.ehlo()
    if not connection.supports_extension("smtputf8"):
        raise NotOffered
    await connection.mail(sender, options=["SMTPUTF8"], encoding="utf-8")
