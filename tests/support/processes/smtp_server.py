"""A mail server on a real socket. A test sets its answers."""

import asyncio
import email
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default


class SmtpServer:
    """`replies` gives the answer to a command, by its name; None drops the connection.

    `END` is the end of the content; `end` may answer it instead, once the mail is taken.
    """

    def __init__(self, **replies: str | None) -> None:
        self.mails: list[EmailMessage] = []
        self.return_paths: list[str] = []
        self.connections = 0
        self.port = 0
        self.end: Callable[[], Awaitable[str | None]] = self._end
        self._replies: dict[str, str | None] = {"DATA": "354 go on", "QUIT": "221 bye", **replies}

    @asynccontextmanager
    async def running(self) -> AsyncIterator["SmtpServer"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.write(b"220 ready\r\n")
        try:
            while line := await reader.readline():
                command = line.decode().split()[0].upper()
                if command == "MAIL":
                    self.return_paths.append(line.decode().partition("<")[2].partition(">")[0])
                if not await self._answer(command, reader, writer):
                    break
        finally:
            writer.close()

    async def _end(self) -> str | None:
        return self._replies.get("END", "250 2.0.0 Ok: queued as Q123")

    async def _answer(
        self, command: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        reply = self._replies.get(command, "250 OK")
        if reply is not None:
            writer.write(reply.encode() + b"\r\n")
        if command == "DATA" and reply and reply.startswith("354"):
            content = await reader.readuntil(b"\r\n.\r\n")
            self.mails.append(_parsed(content))
            reply = await self.end()
            if reply is not None:
                writer.write(reply.encode() + b"\r\n")
        return reply is not None and command != "QUIT"


def _parsed(content: bytes) -> EmailMessage:
    parse: Callable[..., EmailMessage] = email.message_from_bytes
    unstuffed = content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    return parse(unstuffed, policy=default)
