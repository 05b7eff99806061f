"""The provider's call over real sockets; `conformance` tests what it shares with others."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from services.reminders.channels.sms.twilio.client import Twilio
from services.reminders.delivery.domain.outgoing import (
    Accepted,
    Failure,
    Outcome,
    OutgoingMessage,
    RejectedForGood,
    RejectedForNow,
    Unknown,
)
from tests.support.processes.http_provider import HttpProvider


@pytest.fixture
def provider() -> Iterator[HttpProvider]:
    with HttpProvider().running() as running:
        yield running


def message(deadline_seconds: float) -> OutgoingMessage:
    return OutgoingMessage(
        attempt_id=7,
        clinic_id=1,
        to="+12025550123",
        sender="+12025550100",
        text="Héllo & goodbye",
        callback_url="http://gateway.example/status?clinic=1&attempt=7",
        deadline_seconds=deadline_seconds,
    )


def send(url: str, deadline_seconds: float = 5) -> list[Outcome]:
    async def run() -> list[Outcome]:
        client = Twilio(api_url=url, account_sid="AC1", auth_token="secret")
        try:
            return [await client.send(message(deadline_seconds), lambda: None)]
        finally:
            await client.close()

    return asyncio.run(run())


def test_hands_over_a_form_and_learns_the_reference(provider: HttpProvider) -> None:
    assert send(provider.url) == [Accepted("SM1")]
    assert provider.received == [
        {
            "To": "+12025550123",
            "From": "+12025550100",
            "Body": "Héllo & goodbye",
            "StatusCallback": "http://gateway.example/status?clinic=1&attempt=7",
        }
    ]


def test_a_redirect_is_not_followed(provider: HttpProvider) -> None:
    provider.answer = lambda _: (302, {"Location": provider.url}, b"")

    assert send(provider.url) == [RejectedForNow("HTTP_302", failure=Failure.NOT_ALLOWED)]
    assert len(provider.received) == 1


def test_an_answer_that_trickles_in_is_cut_off_at_the_deadline() -> None:
    with trickling() as url:
        began = time.monotonic()
        outcome = send(url, deadline_seconds=0.5)

    assert outcome == [Unknown("TIMEOUT")]
    assert time.monotonic() - began < 3


@contextmanager
def trickling() -> Iterator[str]:
    """A provider that says one byte of its answer every 50 ms, and never the last."""
    over = threading.Event()

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n")
            while not over.wait(0.05):
                with suppress(OSError):
                    connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def test_a_provider_whose_name_is_not_known_was_sent_nothing() -> None:
    [outcome] = send("http://no-such-provider.invalid")

    assert isinstance(outcome, RejectedForNow)


def test_a_refusal_for_good_is_understood(provider: HttpProvider) -> None:
    provider.answer = lambda _: (400, {}, b'{"code": 21612}')

    assert send(provider.url) == [RejectedForGood("TWILIO_21612")]
