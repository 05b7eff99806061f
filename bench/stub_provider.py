"""A provider of text messages that answers at once and costs little CPU time of its own.

Run as `python -m bench.stub_provider PORT LOG [DELAY_MS]`. Each text that comes in adds a line to
LOG within a tenth of a second: the attempt id, and the time in seconds since the epoch.
"""

import asyncio
import re
import sys
import time
from pathlib import Path
from typing import cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ATTEMPT = re.compile(rb"attempt%3D(\d+)")
_ANSWER = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 45\r\n\r\n"
    b'{"sid": "SM%032d"}'
)


class Log:
    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._lines: list[bytes] = []

    def add(self, attempt: bytes) -> None:
        self._lines.append(b"%s %.6f\n" % (attempt, time.time()))

    async def keep_writing(self) -> None:
        while True:
            await asyncio.sleep(0.1)
            lines, self._lines = self._lines, []
            if lines:
                self._file.write(b"".join(lines))


class Line(asyncio.Protocol):
    """One connection, requests one after another."""

    def __init__(self, log: Log, delay: float) -> None:
        self._log = log
        self._delay = delay
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own, of no such class

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._rest, 0, end + 2)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self._rest) < size:
                return
            request, self._rest = self._rest[:size], self._rest[size:]
            self._take(request)

    def _take(self, request: bytes) -> None:
        named = _ATTEMPT.search(request)
        attempt = named[1] if named else b"0"
        self._log.add(attempt)
        answer = _ANSWER % int(attempt)
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, answer)
        else:
            self._transport.write(answer)


async def serve(port: int, path: Path, delay: float) -> None:
    log = Log(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(log, delay), "127.0.0.1", port)
    async with server:
        await log.keep_writing()


if __name__ == "__main__":
    _port, _path, *_delay = sys.argv[1:]
    uvloop.run(serve(int(_port), Path(_path), float(_delay[0]) / 1000 if _delay else 0.0))
