"""A mail listener on a real socket, in a thread, and a client that writes bytes as they are."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Self

from services.chassis.settings import Bind
from services.chassis.signed_addresses import AddressSigner
from services.contracts.senders import SIGNED_ADDRESS_LIFETIME
from services.gateway.intake.items import Keep
from services.gateway.mail.bounces import Bounces
from services.gateway.mail.conversation import MailHandler
from services.gateway.mail.counters import MailCounters
from services.gateway.mail.limits import Limits
from services.gateway.mail.listener import MailListener
from services.gateway.mail.mailboxes import Mailboxes

SECRET = "a secret of tests"
DOMAIN = "bounces.clinic.example"
SIGNER = AddressSigner(SECRET, lifetime=SIGNED_ADDRESS_LIFETIME)


def return_path(clinic_id: int = 3, attempt_id: int = 77) -> str:
    return SIGNER.sign("b", DOMAIN, clinic_id, attempt_id)


USUAL = Limits(
    mail_bytes=100_000,
    connections=60,
    connections_per_client=60,
    mails_per_minute=1_000,
    mails_per_token=20,
    idle_seconds=10.0,
)


class Listening:
    def __init__(self, listener: MailListener, port: int) -> None:
        self.listener = listener
        self.counters = listener.counters
        self.port = port

    def connect(self) -> "Client":
        return Client(self.port)


@contextmanager
def listening(
    keep: Keep, limits: Limits = USUAL, *, tls: ssl.SSLContext | None = None, **reader: Any
) -> Iterator[Listening]:
    """Runs until the context ends; `reader` may replace what reads reports."""
    started: list[Listening] = []
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    ending = asyncio.Event()

    async def serve() -> None:
        with ThreadPoolExecutor(4) as pool:
            counters = MailCounters()
            mailboxes = Mailboxes(SIGNER, {"b": Bounces(keep, **reader).take})
            listener = MailListener(
                MailHandler(mailboxes, limits, counters, pool),
                limits,
                counters,
                hostname="mx.clinic.example",
                tls=tls,
            )
            port = await listener.start(Bind("127.0.0.1", 0))
            started.append(Listening(listener, port))
            ready.set()
            await ending.wait()
            await listener.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield started[0]
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        loop.close()


class Client:
    """Writes and reads bytes. `reply` returns a whole reply, without its line ends."""

    def __init__(self, port: int) -> None:
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def secure(self, tls: ssl.SSLContext) -> None:
        self._file.close()
        self.socket = tls.wrap_socket(self.socket, server_hostname="localhost")
        self._file = self.socket.makefile("rb")

    def reply(self) -> str:
        """The empty text if the server has hung up."""
        lines = []
        while line := self._file.readline():
            lines.append(line.decode().rstrip("\r\n"))
            if line[3:4] != b"-":
                break
        return "\n".join(lines)

    def say(self, text: str | bytes) -> str:
        self.write(text if isinstance(text, bytes) else text.encode() + b"\r\n")
        return self.reply()

    def write(self, raw: bytes) -> None:
        self.socket.sendall(raw)

    def greet(self) -> Self:
        assert self.reply().startswith("220")
        assert self.say("EHLO mx.example.org").startswith("250")
        return self

    def send(self, content: bytes, to: str | None = None, sender: str = "<>") -> str:
        """One mail from the envelope to the reply to its content."""
        for command in (f"MAIL FROM:{sender}", f"RCPT TO:<{to or return_path()}>", "DATA"):
            reply = self.say(command)
            if reply[0] not in "23":
                return reply
        return self.say(content + b"\r\n.\r\n")
